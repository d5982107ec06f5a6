internal import Engine
internal import GuestMemory
internal import KVMCore

extension HostProbe {
    func dirtyLog(in mode: GuestMode) throws(KVMError) -> Finding {
        guard let log = try dirtyPages(in: mode) else { return .untried("the guest did not finish") }
        let missing = Set(log.written).subtracting(log.first).sorted()
        guard missing.isEmpty else { return .fails("pages \(missing) were written but not logged") }
        return log.second.isEmpty ? .works() : .fails("pages \(log.second) are logged twice")
    }

    func exactDirtyLog(in mode: GuestMode) throws(KVMError) -> Finding {
        guard let log = try dirtyPages(in: mode) else { return .untried("the guest did not finish") }
        return log.first == log.written
            ? .works() : .fails("pages \(log.written) were written, but \(log.first) are logged")
    }

    /// The dirty log as read twice after two pages were written, as page numbers.
    private struct LoggedPages {
        let written: [Int]
        let first: [Int]
        let second: [Int]
    }

    private func dirtyPages(in mode: GuestMode) throws(KVMError) -> LoggedPages? {
        var guest = try guest(
            [
                0xAA,  // stosb
                0x50,  // push ax, eax or rax
            ],
            mode
        )
        _ = try guest.dirtyPages()
        guard try guest.run() == .end else { return nil }
        let page = GuestMemory.pageSize
        return LoggedPages(
            written: [Int(ProbeLayout.target) / page, (Int(ProbeLayout.stack) - 1) / page],
            first: try guest.dirtyPages(),
            second: try guest.dirtyPages()
        )
    }

    /// How accesses exit in a mode. What cannot be found out is nil.
    func accessFacts(in mode: GuestMode) -> HostReport.AccessFacts {
        HostReport.AccessFacts(
            outputPosition: try? position(
                [
                    0xE6, 0x80,  // out 0x80, al
                ],
                mode
            ),
            memoryWritePosition: try? position(
                [
                    0xAA  // stosb, outside memory
                ],
                mode
            ),
            outputElements: try? elements(
                [
                    0xF3, 0x6E,  // rep outsb
                ],
                mode
            ),
            inputElements: try? elements(
                [
                    0xF3, 0x6C,  // rep insb
                ],
                mode
            )
        )
    }

    /// Where RIP is at the exit of the one instruction in `code`.
    private func position(_ code: [UInt8], _ mode: GuestMode) throws(KVMError) -> HostReport.AccessFacts.Position? {
        var guest = try guest(code, mode)
        try guest.aimOutsideMemory()
        switch try guest.run() {
        case .portWrite, .memoryWrite: break
        default: return nil
        }
        switch try guest.vcpu.registers().rip {
        case ProbeLayout.code: return .atInstruction
        case ProbeLayout.code + UInt64(code.count): return .afterInstruction
        default: return nil
        }
    }

    /// How many elements of eight the first exit of a repeated port instruction covers.
    private func elements(_ code: [UInt8], _ mode: GuestMode) throws(KVMError) -> Int? {
        var guest = try guest(code, mode)
        try guest.setRegisters {
            $0.rcx = 8
            $0.rdx = 0x80
        }
        switch try guest.run() {
        case .portWrite(_, let elements, _), .portRead(_, let elements): return elements
        default: return nil
        }
    }
}
