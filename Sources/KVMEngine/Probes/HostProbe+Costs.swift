internal import Dispatch
internal import Engine
internal import KVMCore
internal import X86

extension HostProbe {
    /// All costs, in nanoseconds. What the host cannot do is left out.
    func costs() -> [HostCost: UInt64] {
        var costs: [HostCost: UInt64] = [:]
        for cost in HostCost.allCases {
            costs[cost] = try? time(of: cost)
        }
        return costs
    }

    private func time(of cost: HostCost) throws(KVMError) -> UInt64? {
        switch cost {
        case .portExit: try portExitTime()
        case .getRegisters:
            try idleGuestTime { guest throws(KVMError) in _ = try guest.vcpu.registers() }
        case .immediateExit:
            try idleGuestTime { guest throws(KVMError) in _ = try guest.vcpu.completePendingExit() }
        case .singleStep: try singleStepTime()
        case .breakpoint: try breakpointTime()
        case .kick: try kickTime()
        }
    }

    private func portExitTime() throws(KVMError) -> UInt64? {
        var guest = try guest(
            [
                0xE6, 0x80,  // out 0x80, al
                0xEB, 0xFC,  // jmp back to out
            ],
            .ring0
        )
        guard case .portWrite = try guest.run() else { return nil }
        return try Stopwatch.median(of: 2000) { () throws(KVMError) in _ = try guest.vcpu.run() }
    }

    private func idleGuestTime(_ body: (inout ProbeGuest) throws(KVMError) -> Void) throws(KVMError) -> UInt64 {
        var guest = try guest([], .ring0)
        return try Stopwatch.median(of: 1000) { () throws(KVMError) in try body(&guest) }
    }

    private func singleStepTime() throws(KVMError) -> UInt64? {
        guard try singleStep(in: .ring0).isPositive else { return nil }
        var guest = try guest(ProbeCode.endlessLoop, .ring0)
        try guest.vcpu.setGuestDebug(GuestDebug(singleStep: true))
        return try Stopwatch.median(of: 500) { () throws(KVMError) in _ = try guest.run() }
    }

    /// A hit, and a step with the breakpoint disabled, after which it is set again.
    private func breakpointTime() throws(KVMError) -> UInt64? {
        guard try hardwareBreakpoint(in: .ring0).isPositive, try singleStep(in: .ring0).isPositive else { return nil }
        var guest = try guest(ProbeCode.endlessLoop, .ring0)
        let armed = GuestDebug(hardwareBreakpoints: [.init(address: GuestVirtualAddress(ProbeLayout.code))])
        return try Stopwatch.median(of: 300) { () throws(KVMError) in
            try guest.vcpu.setGuestDebug(armed)
            _ = try guest.run()
            try guest.vcpu.setGuestDebug(GuestDebug(singleStep: true))
            _ = try guest.run()
        }
    }

    private func kickTime() throws(KVMError) -> UInt64? {
        var guest = try guest(ProbeCode.endlessLoop, .ring0)
        var times: [UInt64] = []
        for _ in 0..<15 {
            let notice = KickNotice()
            guard try guest.run(kickedAfter: .milliseconds(2), notice) == .stopped, let age = notice.age else {
                return nil
            }
            times.append(age)
        }
        times.sort()
        return times[times.count / 2]
    }
}
