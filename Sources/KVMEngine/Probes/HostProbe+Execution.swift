internal import Dispatch
internal import Engine
internal import KVMCore

extension HostProbe {
    /// Runs a counted loop in a mode and times it.
    func execution(in mode: GuestMode) -> HostReport.Execution {
        do {
            // The emulator executes about a million instructions per second, a processor a billion and more.
            guard let slow = try instructionsPerSecond(in: mode, rounds: 20_000) else {
                return HostReport.Execution(finding: .fails("a loop did not finish"))
            }
            let isFast = slow > 20e6
            let speed = isFast ? try instructionsPerSecond(in: mode, rounds: 10_000_000) ?? slow : slow
            return HostReport.Execution(finding: .works(), instructionsPerSecond: speed.rounded())
        } catch {
            return HostReport.Execution(finding: .untried("\(error)"))
        }
    }

    private func instructionsPerSecond(in mode: GuestMode, rounds: UInt64) throws(KVMError) -> Double? {
        var guest = try guest(ProbeCode.countedLoop(in: mode), mode)
        try guest.setRegisters {
            $0.rcx = rounds
            $0.rbx = 0
        }
        // The guest runs on this thread, so other threads do not slow it down.
        let start = Stopwatch.processorTime
        let exit = try guest.run()
        let time = Stopwatch.processorTime - start
        guard exit == .end, try guest.vcpu.registers().rbx == rounds else { return nil }
        return Double(rounds) * Double(ProbeCode.loopLength) * 1e9 / Double(max(time, 1))
    }

    func portAccess(in mode: GuestMode) throws(KVMError) -> Finding {
        var guest = try guest([], mode)
        let exit = try guest.run()
        return exit == .end ? .works() : .fails("the guest \(exit)")
    }

    /// OUT in ring 3 with IOPL 3 and no permission bitmap.
    func privilegedPorts() throws(KVMError) -> Finding {
        var guest = try guest([], .ring3)
        try guest.setSpecialRegisters { $0.tr.limit = ProbeLayout.closedTaskStateLimit }
        let exit = try guest.run()
        return exit == .end ? .works() : .fails("the guest \(exit)")
    }

    func kick(in mode: GuestMode) throws(KVMError) -> Finding {
        var guest = try guest(ProbeCode.endlessLoop, mode)
        let exit = try guest.run(kickedAfter: .milliseconds(2))
        return exit == .stopped ? .works() : .fails("the guest \(exit)")
    }

    /// Stops a guest in the middle of a loop, and lets another one finish it.
    ///
    /// The loop is so long that it never ends before the guest is stopped, however late the kick comes on a busy host.
    /// The other guest then has to go round only a few more times.
    func stateTransfer(in mode: GuestMode) throws(KVMError) -> Finding {
        let code = ProbeCode.patientLoop(in: mode)
        var first = try guest(code, mode)
        try first.setRegisters {
            $0.rcx = Self.manyRounds
            $0.rbx = 0
        }
        let stop = try first.run(kickedAfter: .milliseconds(5))
        guard stop == .stopped else { return .untried("the guest could not be stopped in a loop: it \(stop)") }
        let state = try first.vcpu.saveState(msrs: [])
        var second = try guest(code, mode)
        try second.vcpu.restoreState(state)
        guard try second.vcpu.saveState(msrs: []) == state else { return .fails("it does not read back equal") }
        // Skip all remaining rounds except a few. The final count is lower by just as many, wherever in a round the
        // guest is.
        let left = state.registers.rcx & 0xFFFF_FFFF
        let skipped = left > Self.fewRounds ? left - Self.fewRounds : 0
        try second.setRegisters { $0.rcx -= skipped }
        let exit = try second.run()
        guard exit == .end else { return .fails("there the guest \(exit)") }
        let (result, wanted) = (try second.vcpu.registers().rbx, Self.manyRounds - skipped)
        return result == wanted
            ? .works("after \(state.registers.rbx) rounds")
            : .fails("the guest counted \(result) rounds of \(wanted)")
    }

    /// With a PAUSE in each round, this takes minutes on the fastest processor.
    private static let manyRounds: UInt64 = 0xFFFF_FFFF
    private static let fewRounds: UInt64 = 1000

    /// SYSCALL. Its handler's code segment shows in which ring it runs.
    func systemCall() throws(KVMError) -> Finding {
        var guest = try guest(
            [
                0x0F, 0x05,  // syscall
            ],
            .ring3
        )
        // STAR: kernel code and data from 0x08, user code and data from 0x10. LSTAR: the handler of interrupts.
        try guest.vcpu.setModelSpecificRegisters([
            MSREntry(MSRNumber(0xC000_0081), 0x0010_0008 << 32),
            MSREntry(MSRNumber(0xC000_0082), ProbeLayout.interruptHandler),
        ])
        let exit = try guest.run()
        guard exit == .interruptHandler else { return .fails("the guest \(exit)") }
        let selector = try guest.vcpu.specialRegisters().cs.selector
        return selector & 3 == 0 ? .works() : .fails("the handler runs in ring \(selector & 3)")
    }

    /// What is wrong with SYSCALL on this host; nil if nothing is, or if it could not be tried.
    public static var systemCallLack: String? {
        guard let system = try? KVMSystem.open(), let supported = try? system.supportedCPUID() else { return nil }
        let probe = Self(system: system, supported: supported)
        let finding = probe.attempt { () throws(KVMError) in try probe.systemCall() }
        return finding.verdict == .fails ? "after SYSCALL, \(finding.detail)" : nil
    }

    func paging32() throws(KVMError) -> Finding {
        try paging(root: ProbeLayout.directory32, control: 1 << 4)
    }

    func pagingPAE() throws(KVMError) -> Finding {
        try paging(root: ProbeLayout.pointersPAE, control: 1 << 5)
    }

    /// - Parameters:
    ///   - root: CR3.
    ///   - control: the bits to set in CR4.
    private func paging(root: UInt64, control: UInt64) throws(KVMError) -> Finding {
        var guest = try guest(
            [
                0x0F, 0x22, 0xC0,  // mov cr0, eax
            ],
            .protected32
        )
        try guest.setSpecialRegisters {
            $0.cr3 = root
            $0.cr4 |= control
        }
        try guest.setRegisters { $0.rax = 0x8000_0033 }
        let exit = try guest.run()
        return exit == .end ? .works() : .fails("the guest \(exit)")
    }
}
