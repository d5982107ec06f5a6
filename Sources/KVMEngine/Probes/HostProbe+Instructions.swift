internal import Engine
internal import KVMCore
internal import X86

extension HostProbe {
    /// Tries each sample in a guest of its own.
    func instructionFindings() -> [HostReport.InstructionFinding] {
        InstructionSample.all.flatMap { sample in sample.modes.map { finding(of: sample, in: $0) } }
    }

    private func finding(of sample: InstructionSample, in mode: GuestMode) -> HostReport.InstructionFinding {
        var finding = HostReport.InstructionFinding(name: sample.name, mode: mode, outcome: .unknown, detail: "")
        do {
            let exit = try exit(of: sample, in: mode)
            switch exit {
            case .end, .interruptHandler: finding.outcome = .executes
            case .emulationFailure: finding.outcome = .notEmulated
            case .faultHandler, .shutdown: finding.outcome = .faults
            default: finding.detail = "the guest \(exit)"
            }
        } catch {
            finding.detail = "\(error)"
        }
        return finding
    }

    private func exit(of sample: InstructionSample, in mode: GuestMode) throws(KVMError) -> ProbeExit {
        var guest = try guest(sample.bytes, mode)
        try guest.setRegisters { $0.rcx = 8 }
        if sample.needsAVX, hasAVX {
            try guest.setSpecialRegisters { $0.cr4 |= 1 << 18 }
            try guest.vcpu.setExtendedControlRegisters([ExtendedControlRegister(number: 0, value: 7)])
        }
        return try guest.run()
    }

    /// Leaf 1: XSAVE and AVX.
    private var hasAVX: Bool {
        let needed: UInt32 = 1 << 26 | 1 << 28
        return supported.contains { $0.function == 1 && $0.ecx & needed == needed }
    }
}
