import Foundation
import Testing
import X86

@testable import Engine
@testable import KVMEngine

@Suite struct HostReportTests {
    /// A host on which everything works; tests plant what does not.
    static var flawless: HostReport {
        HostReport(
            apiVersion: 12,
            identity: HostIdentity(processorVendor: "V", processorModel: "M", kernelRelease: "1", modules: ["kvm_x"]),
            capabilities: [.init(name: "KVM_CAP_HLT", system: 1, machine: 1)],
            execution: modes { _ in HostReport.Execution(finding: .works(), instructionsPerSecond: 1e9) },
            behaviour: Dictionary(
                uniqueKeysWithValues: Behaviour.allCases.map { ($0, modes { _ in Finding.works() }) }
            ),
            features: Dictionary(uniqueKeysWithValues: HostFeature.allCases.map { ($0, Finding.works()) }),
            accesses: modes { _ in HostReport.AccessFacts(outputPosition: .atInstruction, outputElements: 8) },
            interruptWindowDelay: modes { _ in 0 },
            forcedCPUID: [],
            baselineCPUID: [],
            instructions: [.init(name: "FLD1", mode: .ring0, outcome: .executes, detail: "")],
            costs: [.portExit: 1500]
        )
    }

    private static func modes<Value>(_ value: (GuestMode) -> Value) -> [GuestMode: Value] {
        Dictionary(uniqueKeysWithValues: GuestMode.allCases.map { ($0, value($0)) })
    }

    @Test func itsJSONRoundTrips() throws {
        let data = try JSONEncoder().encode(Self.flawless)
        #expect(try JSONDecoder().decode(HostReport.self, from: data) == Self.flawless)
    }

    @Test func itsJSONIsKeyedByName() throws {
        let data = try JSONEncoder().encode(Self.flawless)
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let behaviour = try #require(object["behaviour"] as? [String: Any])
        let step = try #require(behaviour["singleStep"] as? [String: Any])
        let finding = try #require(step["ring3"] as? [String: String])
        #expect(finding == ["verdict": "works", "detail": ""])
    }

    @Test func whatCouldNotBeTriedIsNotCalledImpossible() {
        var report = Self.flawless
        report.behaviour[.hardwareBreakpoint]?[.ring3] = .fails("it is ignored")
        report.behaviour[.stateTransfer]?[.ring3] = .untried("the guest could not be stopped")
        report.behaviour[.hardwareBreakpoint]?[.real] = .fails("it is ignored")
        report.behaviour[.stateTransfer]?[.real] = .fails("it does not read back equal")

        #expect(report.landing(in: .ring3) == nil && report.isLandingUnknown(in: .ring3))
        #expect(report.landing(in: .real) == nil && !report.isLandingUnknown(in: .real))
        #expect(
            report.verdict[1]
                == "Landing on an interrupt: in 32-bit and ring 0 by hardware breakpoint; in real mode impossible; "
                + "in ring 3 it is unknown."
        )
    }

    @Test func whatCouldNotBeTriedIsNotCalledMissing() {
        var report = Self.flawless
        for mode in GuestMode.allCases {
            report.behaviour[.kick]?[mode] = .untried("no thread")
            report.behaviour[.dirtyLog]?[mode] = .fails("it names nothing")
        }

        #expect(
            report.verdict == [
                "This host cannot record: it lacks dirty log, and it is unknown whether it has kick."
            ]
        )
    }

    @Test func aFlawlessHostCanDoEverything() {
        let report = Self.flawless
        #expect(report.canRecord)
        #expect(report.recordableModes == GuestMode.allCases)
        #expect(GuestMode.allCases.allSatisfy { report.landing(in: $0) == .breakpoint })
        #expect(report.hidesTimeStampCounter && report.hidesRandomNumbers)
        #expect(
            report.verdict == [
                "Recording: possible in real mode, 32-bit, ring 0 and ring 3.",
                "Landing on an interrupt: in real mode, 32-bit, ring 0 and ring 3 by hardware breakpoint.",
                "RDTSC traps, so guests cannot read the host's time.",
            ]
        )
    }

    @Test(arguments: HostReport.neededToRecord)
    func aModeThatLacksWhatIsNeededIsNotRecorded(behaviour: Behaviour) {
        var report = Self.flawless
        report.behaviour[behaviour]?[.ring3] = .fails("planted")
        #expect(report.recordableModes == [.real, .protected32, .ring0])
        report.behaviour[behaviour] = Self.modes { _ in .untried("planted") }
        #expect(!report.canRecord)
        #expect(
            report.verdict == ["This host cannot record: it is unknown whether it has \(behaviour.title)."]
        )
    }

    @Test func aHostOnWhichNothingExecutesSaysSo() {
        var report = Self.flawless
        report.execution = Self.modes { _ in .init(finding: .fails("planted")) }
        #expect(!report.canRecord)
        #expect(report.verdict == ["This host cannot record: no guest executes."])
    }

    @Test func withoutBreakpointsAReplayJumps() {
        var report = Self.flawless
        report.behaviour[.hardwareBreakpoint]?[.ring3] = .fails("planted")
        #expect(!report.canBreak(in: .ring3))
        #expect(report.landing(in: .ring3) == .jump)
        #expect(report.verdict[1].hasSuffix("; in ring 3 by a jump to the keyframe only."))
    }

    @Test func aBreakpointThatCanNotBePassedServesNoLanding() {
        var report = Self.flawless
        report.behaviour[.singleStep]?[.ring0] = .fails("planted")
        #expect(report.landing(in: .ring0) == .breakpoint)
        report.behaviour[.resumeFlag]?[.ring0] = .fails("planted")
        #expect(report.landing(in: .ring0) == .jump)
        report.behaviour[.stateTransfer]?[.ring0] = .fails("planted")
        #expect(report.landing(in: .ring0) == nil)
    }

    @Test func aFeatureThatCanNotBeHiddenIsNamed() {
        var report = Self.flawless
        report.baselineCPUID = [.init(leaf: 1, subleaf: 0, register: .ecx, forcedOn: 1 << 30, forcedOff: 0)]
        #expect(report.unconcealedFeatures == ["RDRAND"])
        #expect(report.verdict.contains { $0.hasPrefix("CPUID shows guests RDRAND") })
    }

    @Test func instructionsThatKVMCanNotEmulateAreNamedOnce() {
        var report = Self.flawless
        report.instructions = [
            .init(name: "FLD1", mode: .protected32, outcome: .notEmulated, detail: ""),
            .init(name: "FLD1", mode: .ring0, outcome: .notEmulated, detail: ""),
            .init(name: "POPCNT", mode: .ring0, outcome: .faults, detail: ""),
        ]
        #expect(report.missingInstructions(in: .ring0) == ["FLD1"])
        #expect(report.verdict.contains { $0.hasPrefix("At ring 0 this host cannot execute FLD1, some") })
    }

    @Test(arguments: [(1e6, false), (3e9, true)])
    func speedTellsAProcessorFromSoftware(speed: Double, isNative: Bool) {
        let execution = HostReport.Execution(finding: .works(), instructionsPerSecond: speed)
        #expect(execution.isNative == isNative)
        #expect(HostReport.Execution(finding: .fails("planted")).isNative == nil)
    }

    @Test func whatWasNotProbedIsUntried() {
        var report = Self.flawless
        report.behaviour = [:]
        report.features = [:]
        #expect(report[.kick, .real].verdict == .untried)
        #expect(report[.systemCall].verdict == .untried)
    }
}
