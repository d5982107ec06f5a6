internal import CPerf
internal import Engine
internal import Glibc
internal import KVMCore

extension HostProbe {
    func hidesTimeStampCounter(in mode: GuestMode) throws(KVMError) -> Finding {
        try hides(
            [
                0x0F, 0x31,  // rdtsc
            ],
            in: mode
        )
    }

    func hidesRandomNumbers(in mode: GuestMode) throws(KVMError) -> Finding {
        try hides(
            [
                0x0F, 0xC7, 0xF0,  // rdrand eax
            ],
            in: mode
        )
    }

    /// Whether an instruction that CPUID does not show executes.
    private func hides(_ instruction: [UInt8], in mode: GuestMode) throws(KVMError) -> Finding {
        var guest = try ProbeGuest(instruction, mode, in: system, cpuid: supported.map(\.cleared))
        return Self.hiding(endingWith: try guest.run())
    }

    /// What the exit says after a guest tried an instruction that CPUID does not show.
    ///
    /// An instruction that KVM cannot emulate does not count as trapped: it cannot be recorded, and the guest just ends
    /// there.
    static func hiding(endingWith exit: ProbeExit) -> Finding {
        switch exit {
        case .end: .fails("it executes without an exit")
        case .faultHandler, .shutdown: .works("the guest \(exit)")
        default: .untried("the guest \(exit)")
        }
    }

    /// RDMSR of the time-stamp counter, which the filter denies.
    func trappedMSR() throws(KVMError) -> Finding {
        let counter = MSRNumber(0x10)
        var guest = try ProbeGuest(
            [
                0x0F, 0x32,  // rdmsr
            ],
            .ring0,
            in: system,
            cpuid: supported,
            filter: MSRFilter(ranges: [.init(access: .read, first: counter, allowed: [false])])
        )
        try guest.setRegisters { $0.rcx = UInt64(counter.rawValue) }
        let exit = try guest.run()
        return exit == .msrRead ? .works() : .fails("the guest \(exit)")
    }

    /// Taken from the capability, because no guest can show it without waiting.
    func timeStampCounterScaling() throws(KVMError) -> Finding {
        try system.check(.tscControl) > 0 ? .works() : .fails("\(Capability.tscControl) is 0")
    }

    /// Counts the branches of one guest.
    func branchCounter() throws(KVMError) -> Finding {
        let rounds: UInt64 = 20_000
        var guest = try guest(ProbeCode.countedLoop(in: .ring0), .ring0)
        try guest.setRegisters { $0.rcx = rounds }
        let counter = cperf_open_guest_branches()
        guard counter >= 0 else { return .fails("perf_event_open: \(unsafe String(cString: strerror(errno)))") }
        defer { close(counter) }
        guard try guest.run() == .end else { return .untried("the loop did not finish") }
        var count: UInt64 = 0
        // SAFETY: read fills at most the eight bytes of the number.
        guard unsafe read(counter, &count, MemoryLayout<UInt64>.size) == MemoryLayout<UInt64>.size else {
            return .fails("the counter cannot be read")
        }
        return count >= rounds && count < rounds + rounds / 10
            ? .works("\(count) for \(rounds) rounds") : .fails("it counted \(count) branches of \(rounds)")
    }
}
