public import Engine
internal import KVMCore
internal import X86

/// Finds out what a host's KVM really does, with tiny guests. Capability bits are reported, but a guest's behaviour is
/// believed over them.
///
/// Each probe has a virtual machine of its own and limited time. A failed probe says so in its finding, and the others
/// go on.
public struct HostProbe: ~Copyable {
    let system: KVMSystem
    /// What this host's KVM can show a guest.
    let supported: [CPUIDEntry]

    /// Probes this host, which takes a second or two.
    ///
    /// - Throws: an error if `/dev/kvm` cannot be used at all.
    public static func run() throws(EngineError) -> HostReport {
        do {
            let system = try KVMSystem.open()
            let supported = try system.supportedCPUID()
            return try Self(system: system, supported: supported).report()
        } catch {
            throw .kvm(error)
        }
    }

    private func report() throws(KVMError) -> HostReport {
        var execution: [GuestMode: HostReport.Execution] = [:]
        for mode in GuestMode.allCases { execution[mode] = self.execution(in: mode) }
        let speeds = execution.compactMapValues(\.instructionsPerSecond)
        var windowDelay: [GuestMode: UInt64] = [:]
        var accesses: [GuestMode: HostReport.AccessFacts] = [:]
        for mode in speeds.keys {
            windowDelay[mode] = try? interruptWindowDelay(in: mode)
            accesses[mode] = accessFacts(in: mode)
        }
        var behaviour: [Behaviour: [GuestMode: Finding]] = [:]
        for probed in Behaviour.allCases {
            behaviour[probed] = Dictionary(
                uniqueKeysWithValues: GuestMode.allCases.map { mode in
                    guard speeds[mode] != nil else {
                        return (mode, Finding.untried("\(mode.title) does not execute"))
                    }
                    return (mode, finding(of: probed, in: mode))
                }
            )
        }
        return HostReport(
            apiVersion: Int(KVMSystem.apiVersion),
            identity: .current,
            capabilities: try capabilities(),
            execution: execution,
            behaviour: behaviour,
            features: Dictionary(uniqueKeysWithValues: HostFeature.allCases.map { ($0, finding(of: $0)) }),
            accesses: accesses,
            interruptWindowDelay: windowDelay,
            forcedCPUID: try forcedCPUID(asking: supported.map { $0.cleared }),
            baselineCPUID: try forcedCPUID(asking: ProcessorProfile.baseline.cpuid),
            instructions: instructionFindings(),
            costs: costs()
        )
    }

    private func finding(of behaviour: Behaviour, in mode: GuestMode) -> Finding {
        switch behaviour {
        case .portAccess: attempt { () throws(KVMError) in try portAccess(in: mode) }
        case .kick: attempt { () throws(KVMError) in try kick(in: mode) }
        case .interrupt: attempt { () throws(KVMError) in try interrupt(in: mode) }
        case .exactInterruptWindow: attempt { () throws(KVMError) in try exactInterruptWindow(in: mode) }
        case .dirtyLog: attempt { () throws(KVMError) in try dirtyLog(in: mode) }
        case .exactDirtyLog: attempt { () throws(KVMError) in try exactDirtyLog(in: mode) }
        case .stateTransfer:
            attempt { () throws(KVMError) in try stateTransfer(in: mode) }
        case .singleStep: attempt { () throws(KVMError) in try singleStep(in: mode) }
        case .hardwareBreakpoint: attempt { () throws(KVMError) in try hardwareBreakpoint(in: mode) }
        case .resumeFlag: attempt { () throws(KVMError) in try resumeFlag(in: mode) }
        case .watchpoint: attempt { () throws(KVMError) in try watchpoint(in: mode) }
        case .softwareBreakpoint: attempt { () throws(KVMError) in try softwareBreakpoint(in: mode) }
        case .softwareInterrupt: attempt { () throws(KVMError) in try softwareInterrupt(in: mode) }
        case .hidesTimeStampCounter: attempt { () throws(KVMError) in try hidesTimeStampCounter(in: mode) }
        case .hidesRandomNumbers: attempt { () throws(KVMError) in try hidesRandomNumbers(in: mode) }
        }
    }

    private func finding(of feature: HostFeature) -> Finding {
        switch feature {
        case .systemCall: attempt { () throws(KVMError) in try systemCall() }
        case .privilegedPorts: attempt { () throws(KVMError) in try privilegedPorts() }
        case .paging32: attempt { () throws(KVMError) in try paging32() }
        case .pagingPAE: attempt { () throws(KVMError) in try pagingPAE() }
        case .trappedMSR: attempt { () throws(KVMError) in try trappedMSR() }
        case .branchCounter: attempt { () throws(KVMError) in try branchCounter() }
        case .timeStampCounterScaling: attempt { () throws(KVMError) in try timeStampCounterScaling() }
        }
    }

    /// Carries out a probe. If a KVM call fails, the probe counts as untried.
    func attempt(_ probe: () throws(KVMError) -> Finding) -> Finding {
        do {
            return try probe()
        } catch {
            return .untried("\(error)")
        }
    }

    /// A guest to which CPUID shows all that this host supports.
    func guest(_ code: [UInt8], _ mode: GuestMode) throws(KVMError) -> ProbeGuest {
        try ProbeGuest(code, mode, in: system, cpuid: supported)
    }

    private func capabilities() throws(KVMError) -> [HostReport.CapabilityValue] {
        let vm = try system.createVM()
        return Capability.all.map { capability in
            HostReport.CapabilityValue(
                name: capability.name,
                system: (try? system.check(capability)) ?? 0,
                machine: (try? vm.check(capability)) ?? 0
            )
        }
    }

    /// How the table that a guest sees differs from the requested one.
    private func forcedCPUID(asking table: [CPUIDEntry]) throws(KVMError) -> [CPUIDDifference] {
        let vm = try system.createVM()
        var vcpu = try vm.createVCPU(id: 0)
        try vcpu.setCPUID(table)
        return CPUIDDifference.between(asked: table, seen: try vcpu.cpuid())
    }
}

extension CPUIDEntry {
    /// The same leaf, answering zeros.
    var cleared: Self {
        Self(function: function, index: index, isIndexed: isIndexed)
    }
}
