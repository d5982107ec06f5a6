internal import Engine
internal import KVMCore
internal import X86

extension HostProbe {
    func singleStep(in mode: GuestMode) throws(KVMError) -> Finding {
        var guest = try guest(
            [
                0x90,  // nop
                0xFF, 0xC3,  // inc ebx
                0x90,  // nop
            ],
            mode
        )
        try guest.vcpu.setGuestDebug(GuestDebug(singleStep: true))
        for offset: UInt64 in [1, 3, 4] {
            let exit = try guest.run()
            guard case .debug = exit else { return .fails("the guest \(exit)") }
            let rip = try guest.vcpu.registers().rip
            guard rip == ProbeLayout.code + offset else {
                return .fails("a step ended at \(GuestVirtualAddress(rip)), not at \(offset) bytes")
            }
        }
        return .works()
    }

    /// Stops at the INC.
    private func brokenGuest(_ mode: GuestMode) throws(KVMError) -> ProbeGuest {
        var guest = try guest(
            [
                0x90,  // nop
                0xFF, 0xC3,  // inc ebx
                0x90,  // nop
            ],
            mode
        )
        try guest.vcpu.setGuestDebug(
            GuestDebug(hardwareBreakpoints: [.init(address: GuestVirtualAddress(ProbeLayout.code + 1))])
        )
        return guest
    }

    func hardwareBreakpoint(in mode: GuestMode) throws(KVMError) -> Finding {
        var guest = try brokenGuest(mode)
        let exit = try guest.run()
        guard case .debug = exit else { return .fails("the guest \(exit)") }
        let registers = try guest.vcpu.registers()
        guard registers.rip == ProbeLayout.code + 1, registers.rbx == 0 else {
            return .fails("it stopped at \(GuestVirtualAddress(registers.rip))")
        }
        return .works()
    }

    func resumeFlag(in mode: GuestMode) throws(KVMError) -> Finding {
        var guest = try brokenGuest(mode)
        guard case .debug = try guest.run() else { return .untried("breakpoints do not stop the guest") }
        try guest.setRegisters { $0.rflags |= 1 << 16 }
        let exit = try guest.run()
        return exit == .end ? .works() : .fails("the guest \(exit) again")
    }

    func watchpoint(in mode: GuestMode) throws(KVMError) -> Finding {
        var guest = try guest(
            [
                0xAA,  // stosb
                0x90,  // nop
            ],
            mode
        )
        try guest.vcpu.setGuestDebug(
            GuestDebug(
                hardwareBreakpoints: [.init(address: GuestVirtualAddress(ProbeLayout.target), kind: .write)]
            )
        )
        let exit = try guest.run()
        guard case .debug(let debug) = exit else { return .fails("the guest \(exit)") }
        return debug.breakpoints == [0] ? .works() : .fails("it stopped, and DR6 was \(debug.status)")
    }

    func softwareBreakpoint(in mode: GuestMode) throws(KVMError) -> Finding {
        var guest = try guest(
            [
                0x90,  // nop
                0xCC,  // int3
            ],
            mode
        )
        try guest.vcpu.setGuestDebug(GuestDebug(softwareBreakpoints: true))
        let exit = try guest.run()
        guard case .debug(let debug) = exit else { return .fails("the guest \(exit)") }
        return debug.exception == 3 ? .works() : .fails("it stopped for exception \(debug.exception)")
    }
}
