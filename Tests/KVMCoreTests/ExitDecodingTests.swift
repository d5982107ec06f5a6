import CKVM
import Foundation
import TestBasics
import Testing
import X86

@testable import KVMCore

/// Exits that this host, or any x86 host, does not take are planted in the run page as the kernel would write them.
///
/// SAFETY of all `plant` calls: see there.
@Suite(.needsKVM) struct ExitDecodingTests {
    /// A vCPU that never runs.
    static func vcpu() throws -> VCPU {
        try KVMSystem.open().createVM().createVCPU(id: 0)
    }

    /// Plants an exit.
    ///
    /// - Parameter fill: given the run page; sound for what lies within a kvm_run, since the vCPU never runs.
    static func plant(
        _ reason: Int32,
        into vcpu: borrowing VCPU,
        _ fill: (UnsafeMutablePointer<kvm_run>) -> Void = { _ in }
    ) {
        // SAFETY: the run page is mapped while the vCPU lives, and it does not run.
        unsafe vcpu.runPage.pointee.exit_reason = UInt32(reason)
        unsafe fill(vcpu.runPage)
    }

    @Test(arguments: try namedReasons())
    func everyReasonOfTheInstalledHeaderHasItsName(name: String, number: UInt32) throws {
        var vcpu = try Self.vcpu()
        unsafe Self.plant(Int32(number), into: vcpu)
        #expect(vcpu.exitReason.name == name)
        // Looking again changes nothing.
        _ = ExitSummary.text(of: vcpu.exit)
        #expect(vcpu.exitReason == ExitReason(rawValue: number))
    }

    @Test(arguments: [(38, "KVM_EXIT_LOONGARCH_IOCSR"), (41, "KVM_EXIT_ARM_SEA"), (9999, "KVM_EXIT_9999")])
    func aReasonThatAHeaderMayLackHasItsNameOrNumber(number: UInt32, name: String) {
        #expect("\(ExitReason(rawValue: number))" == name)
    }

    static func namedReasons() throws -> [(String, UInt32)] {
        guard let text = try? String(contentsOfFile: CapabilityTests.header, encoding: .utf8) else { return [] }
        return text.matches(of: /(?m)^#define (KVM_EXIT_(?!IO_|HYPERV_|XEN_)[A-Z0-9_]+)[ \t]+([0-9]+)/)
            .compactMap { match in UInt32(match.output.2).map { (String(match.output.1), $0) } }
    }

    static func reasons() throws -> [Int32] {
        guard let text = try? String(contentsOfFile: CapabilityTests.header, encoding: .utf8) else { return [] }
        // The names of directions and types within an exit have a second part.
        return text.matches(of: /(?m)^#define KVM_EXIT_((?!IO_|HYPERV_|XEN_)[A-Z0-9_]+)[ \t]+([0-9]+)/)
            .compactMap { Int32($0.output.2) }
    }

    @Test(arguments: try reasons())
    func everyReasonOfTheInstalledHeaderIsDecoded(reason: Int32) throws {
        var vcpu = try Self.vcpu()
        unsafe Self.plant(reason, into: vcpu) { run in
            // What makes an exit whole whose payload may not be zero.
            if reason == KVM_EXIT_IO { unsafe ckvm_run_io(run).pointee.size = 1 }
            if reason == KVM_EXIT_HYPERV { unsafe ckvm_run_hyperv(run).pointee.type = UInt32(KVM_EXIT_HYPERV_SYNIC) }
            if reason == KVM_EXIT_XEN { unsafe ckvm_run_xen(run).pointee.type = UInt32(KVM_EXIT_XEN_HCALL) }
        }
        let summary = ExitSummary.text(of: vcpu.exit)
        #expect(!summary.hasPrefix("unsupported"), "\(summary)")
    }

    @Test(arguments: PlantedExit.all)
    func everyFieldOfAnExitIsLentInItsPlace(planted: PlantedExit) throws {
        var vcpu = try Self.vcpu()
        unsafe Self.plant(planted.reason, into: vcpu, planted.fill)
        #expect(ExitSummary.text(of: vcpu.exit) == planted.expected)
    }

    @Test func whatIsPutIntoTheRegistersOfAnOpenSystemInterfaceCallReachesTheKernel() throws {
        var vcpu = try Self.vcpu()
        unsafe Self.plant(KVM_EXIT_OSI, into: vcpu)
        switch vcpu.exit {
        case .openSystemInterface(var registers): registers[31] = 0x5151
        default: Issue.record("no call of the open system interface")
        }
        // SAFETY: as in plant.
        #expect(unsafe ckvm_run_osi_gprs(vcpu.runPage)[31] == 0x5151)
    }

    @Test func systemManagementModeIsSeenInTheFlagsOfTheRun() throws {
        let vcpu = try Self.vcpu()
        unsafe Self.plant(KVM_EXIT_HLT, into: vcpu) { run in unsafe run.pointee.flags = ~UInt16(KVM_RUN_X86_SMM) }
        let without = vcpu.isInSystemManagementMode
        unsafe Self.plant(KVM_EXIT_HLT, into: vcpu) { run in unsafe run.pointee.flags = UInt16(KVM_RUN_X86_SMM) }
        let with = vcpu.isInSystemManagementMode
        #expect([without, with] == [false, true])
    }

    @Test func aReasonThatIsNewerIsUnsupported() throws {
        var vcpu = try Self.vcpu()
        unsafe Self.plant(9999, into: vcpu)
        #expect(ExitSummary.text(of: vcpu.exit) == "unsupported 9999")
    }

    @Test(arguments: [UInt64(0x10_0000), .max, 12287])
    func portDataOutsideTheMappingAreNotLent(offset: UInt64) throws {
        var vcpu = try Self.vcpu()
        unsafe Self.plant(KVM_EXIT_IO, into: vcpu) { run in
            unsafe ckvm_run_io(run).pointee.size = 4
            unsafe ckvm_run_io(run).pointee.count = 1
            unsafe ckvm_run_io(run).pointee.data_offset = offset
        }
        #expect(ExitSummary.text(of: vcpu.exit) == "unsupported 2")
    }

    @Test(arguments: [UInt8(0), 3, 8, 255])
    func aPortAccessOfNoSizeIsUnsupported(size: UInt8) throws {
        var vcpu = try Self.vcpu()
        unsafe Self.plant(KVM_EXIT_IO, into: vcpu) { run in unsafe ckvm_run_io(run).pointee.size = size }
        #expect(ExitSummary.text(of: vcpu.exit) == "unsupported 2")
    }

    @Test func noMoreThanEightBytesOfAMemoryAccessAreLent() throws {
        var vcpu = try Self.vcpu()
        unsafe Self.plant(KVM_EXIT_MMIO, into: vcpu) { run in unsafe ckvm_run_mmio(run).pointee.len = .max }
        #expect(ExitSummary.text(of: vcpu.exit) == "read 0x0 8")
    }

    @Test func anEmulationFailureLendsTheInstruction() throws {
        var vcpu = try Self.vcpu()
        unsafe Self.plant(KVM_EXIT_INTERNAL_ERROR, into: vcpu) { run in
            unsafe ckvm_run_internal(run).pointee.suberror = UInt32(KVM_INTERNAL_ERROR_EMULATION)
            unsafe ckvm_run_internal(run).pointee.ndata = 3
            unsafe ckvm_run_internal_data(run)[0] = 1
            // The size, then the bytes.
            unsafe ckvm_run_internal_data(run)[1] = 0x58_0F_02
        }
        #expect(ExitSummary.text(of: vcpu.exit) == "emulation failure f 58")
    }

    @Test func anEmulationFailureWithoutBytesLendsNone() throws {
        var vcpu = try Self.vcpu()
        unsafe Self.plant(KVM_EXIT_INTERNAL_ERROR, into: vcpu) { run in
            unsafe ckvm_run_internal(run).pointee.suberror = UInt32(KVM_INTERNAL_ERROR_EMULATION)
            unsafe ckvm_run_internal(run).pointee.ndata = 0
            unsafe ckvm_run_internal_data(run)[0] = 1
        }
        #expect(ExitSummary.text(of: vcpu.exit) == "emulation failure ")
    }

    @Test func noMoreThanSixteenWordsOfAnErrorAreLent() throws {
        var vcpu = try Self.vcpu()
        unsafe Self.plant(KVM_EXIT_INTERNAL_ERROR, into: vcpu) { run in
            unsafe ckvm_run_internal(run).pointee.suberror = 3
            unsafe ckvm_run_internal(run).pointee.ndata = 1000
        }
        #expect(ExitSummary.text(of: vcpu.exit) == "internal error 3 16")
    }

    @Test func anEntryFailureNamesReasonAndCPU() throws {
        var vcpu = try Self.vcpu()
        unsafe Self.plant(KVM_EXIT_FAIL_ENTRY, into: vcpu) { run in
            unsafe ckvm_run_fail_entry(run).pointee.hardware_entry_failure_reason = 0x8000_0021
            unsafe ckvm_run_fail_entry(run).pointee.cpu = 3
        }
        #expect(ExitSummary.text(of: vcpu.exit) == "entry failure 2147483681 3")
    }

    @Test func aHypercallLendsItsArgumentsAndTakesAnAnswer() throws {
        var vcpu = try Self.vcpu()
        unsafe Self.plant(KVM_EXIT_HYPERCALL, into: vcpu) { run in
            unsafe ckvm_run_hypercall(run).pointee.nr = 12
            unsafe ckvm_run_hypercall(run).pointee.args.1 = 0x77
            unsafe ckvm_run_hypercall(run).pointee.longmode = 1
        }
        #expect(ExitSummary.text(of: vcpu.exit) == "hypercall 12 [0, 119, 0, 0, 0, 0] true")
        vcpu.answerHypercall(5)
        // SAFETY: as in plant.
        #expect(unsafe ckvm_run_hypercall(vcpu.runPage).pointee.ret == 5)
    }

    @Test func aXenHypercallLendsItsArgumentsAndTakesAnAnswer() throws {
        var vcpu = try Self.vcpu()
        unsafe Self.plant(KVM_EXIT_XEN, into: vcpu) { run in
            unsafe ckvm_run_xen(run).pointee.type = UInt32(KVM_EXIT_XEN_HCALL)
            unsafe ckvm_run_xen(run).pointee.u.hcall.input = 17
            unsafe ckvm_run_xen(run).pointee.u.hcall.params.0 = 4
            unsafe ckvm_run_xen(run).pointee.u.hcall.cpl = 3
        }
        #expect(ExitSummary.text(of: vcpu.exit) == "xen hypercall 17 [4, 0, 0, 0, 0, 0] ring 3 false")
        vcpu.answerHypercall(9)
        // SAFETY: as in plant.
        #expect(unsafe ckvm_run_xen(vcpu.runPage).pointee.u.hcall.result == 9)
    }

    @Test func aHyperVHypercallTakesAnAnswer() throws {
        var vcpu = try Self.vcpu()
        unsafe Self.plant(KVM_EXIT_HYPERV, into: vcpu) { run in
            unsafe ckvm_run_hyperv(run).pointee.type = UInt32(KVM_EXIT_HYPERV_HCALL)
            unsafe ckvm_run_hyperv(run).pointee.u.hcall.input = 0x5C
            unsafe ckvm_run_hyperv(run).pointee.u.hcall.params = (1, 2)
        }
        #expect(ExitSummary.text(of: vcpu.exit) == "hypercall(input: 92, parameters: [1, 2])")
        vcpu.answerHypercall(3)
        // SAFETY: as in plant.
        #expect(unsafe ckvm_run_hyperv(vcpu.runPage).pointee.u.hcall.result == 3)
    }

    @Test func aCallOfATrustDomainTakesItsAnswers() throws {
        var vcpu = try Self.vcpu()
        unsafe Self.plant(KVM_EXIT_TDX, into: vcpu)
        switch vcpu.exit {
        case .trustDomainCall(_, _, var data): data[4] = 0x5151
        default: Issue.record("no call of a trust domain")
        }
        vcpu.answerHypercall(3)
        // SAFETY: as in plant.
        #expect(unsafe ckvm_run_tdx(vcpu.runPage).pointee.data.4 == 0x5151)
        #expect(unsafe ckvm_run_tdx(vcpu.runPage).pointee.ret == 3)
    }

    @Test func aSystemEventLendsItsData() throws {
        var vcpu = try Self.vcpu()
        unsafe Self.plant(KVM_EXIT_SYSTEM_EVENT, into: vcpu) { run in
            unsafe ckvm_run_system_event(run).pointee.type = UInt32(KVM_SYSTEM_EVENT_RESET)
            unsafe ckvm_run_system_event(run).pointee.ndata = 2
            unsafe ckvm_run_system_event_data(run)[1] = 8
        }
        #expect(ExitSummary.text(of: vcpu.exit) == "system event 2 [0, 8]")
    }

    @Test func anAnswerToNothingChangesNothing() throws {
        var vcpu = try Self.vcpu()
        unsafe Self.plant(KVM_EXIT_HLT, into: vcpu)
        vcpu.answerHypercall(5)
        #expect(ExitSummary.text(of: vcpu.exit) == "halt")
    }
}
