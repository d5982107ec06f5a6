internal import Engine
internal import KVMCore

extension HostProbe {
    func interrupt(in mode: GuestMode) throws(KVMError) -> Finding {
        var guest = try guest(ProbeCode.endlessLoop, mode)
        try guest.setRegisters { $0.rflags |= 1 << 9 }
        guest.vcpu.requestsInterruptWindow = true
        let exit = try guest.run()
        guard exit == .interruptWindow else { return .fails("the guest \(exit) before it could be interrupted") }
        guest.vcpu.requestsInterruptWindow = false
        try guest.vcpu.interrupt(vector: ProbeLayout.vector)
        let end = try guest.run()
        return end == .interruptHandler ? .works() : .fails("the guest \(end)")
    }

    func exactInterruptWindow(in mode: GuestMode) throws(KVMError) -> Finding {
        let delay = try interruptWindowDelay(in: mode)
        return delay == 0 ? .works() : .fails("it came \(delay) instructions late")
    }

    /// How many instructions pass between the first moment at which the guest could take an interrupt and the exit that
    /// says so.
    func interruptWindowDelay(in mode: GuestMode) throws(KVMError) -> UInt64 {
        var guest = try guest(
            [
                0xFB,  // sti
                0x90,  // nop: still in the shadow of STI
                0xFF, 0xC3,  // inc ebx
                0xEB, 0xFC,  // jmp back to inc
            ],
            mode
        )
        guest.vcpu.requestsInterruptWindow = true
        let exit = try guest.run()
        guard exit == .interruptWindow else {
            throw KVMError(operation: "KVM_RUN", argument: "STI", cause: .unexpected("the guest \(exit)"))
        }
        let registers = try guest.vcpu.registers()
        // A round has two instructions. At an exit between them, the last round has executed only its first.
        let isBeforeJump = registers.rip == ProbeLayout.code + 4
        return registers.rbx * 2 - (isBeforeJump ? 1 : 0)
    }

    func softwareInterrupt(in mode: GuestMode) throws(KVMError) -> Finding {
        var guest = try guest(
            [
                0xCD, ProbeLayout.vector,  // int vector
            ],
            mode
        )
        let exit = try guest.run()
        return exit == .interruptHandler ? .works() : .fails("the guest \(exit)")
    }
}
