import Foundation
import KVMCore
import TestBasics
import Testing

@testable import Engine
@testable import KVMEngine

@Suite(.needsKVM, .serialized) struct HostProbeTests {
    private static let report = Result { try HostProbe.run() }

    @Test func theReportIsComplete() throws {
        let report = try Self.report.get()
        #expect(report.apiVersion == 12)
        #expect(report.capabilities.map(\.name) == Capability.all.map(\.name))
        #expect(Set(report.execution.keys) == Set(GuestMode.allCases))
        #expect(Set(report.behaviour.keys) == Set(Behaviour.allCases))
        #expect(report.behaviour.values.allSatisfy { Set($0.keys) == Set(GuestMode.allCases) })
        #expect(Set(report.features.keys) == Set(HostFeature.allCases))
        #expect(report.instructions.count == InstructionSample.all.reduce(0) { $0 + $1.modes.count })
    }

    @Test func whatDoesNotWorkIsExplained() throws {
        let report = try Self.report.get()
        let findings = report.behaviour.values.flatMap(\.values) + report.features.values
        #expect(findings.allSatisfy { $0.isPositive || !$0.detail.isEmpty })
        #expect(report.instructions.allSatisfy { $0.outcome != .unknown || !$0.detail.isEmpty })
    }

    @Test func realModeExecutesAndCanBeRecorded() throws {
        let report = try Self.report.get()
        #expect(report.executes(.real))
        #expect(report.recordableModes.contains(.real))
        #expect(report[.stateTransfer, .real].isPositive)
        #expect(!report.verdict.isEmpty)
    }

    @Test func everyModeThatExecutesHasASpeed() throws {
        let report = try Self.report.get()
        for mode in GuestMode.allCases {
            #expect(report.executes(mode) == (report.execution[mode]?.instructionsPerSecond ?? 0 > 0))
        }
    }

    @Test func timingsAreAboveZero() throws {
        let report = try Self.report.get()
        #expect(report.costs[.portExit] ?? 0 > 0)
        #expect(report.costs[.getRegisters] ?? 0 > 0)
        #expect(report.costs[.immediateExit] ?? 0 > 0)
    }

    @Test func elementsOfARepeatedAccessAreCounted() throws {
        let facts = try #require(try Self.report.get().accesses[.real])
        #expect(1...8 ~= facts.outputElements ?? 0)
        #expect(1...8 ~= facts.inputElements ?? 0)
        #expect(facts.outputPosition != nil)
        #expect(facts.memoryWritePosition != nil)
    }

    @Test func instructionsThatEveryKVMEmulatesExecute() throws {
        let report = try Self.report.get()
        for name in ["REP MOVSB", "DIV", "XADD", "CPUID", "RDMSR", "MOV CR3"] {
            #expect(report.instructions.filter { $0.name == name }.allSatisfy { $0.outcome == .executes }, "\(name)")
        }
    }

    @Test func itsJSONRoundTrips() throws {
        let report = try Self.report.get()
        let data = try JSONEncoder().encode(report)
        #expect(try JSONDecoder().decode(HostReport.self, from: data) == report)
    }

    @Test(
        arguments: [
            (ProbeExit.end, Finding.Verdict.fails), (.faultHandler, .works), (.shutdown, .works),
            (.emulationFailure, .untried), (.stopped, .untried), (.other("HLT"), .untried),
        ]
    )
    func onlyAnExceptionKeepsAnInstructionFromAGuest(exit: ProbeExit, verdict: Finding.Verdict) {
        let finding = HostProbe.hiding(endingWith: exit)
        #expect(finding.verdict == verdict)
        #expect(finding.detail.contains(exit == .end ? "without an exit" : "\(exit)"))
    }

    @Test func anInstructionThatIsNotEmulatedIsNoTrap() throws {
        let report = try Self.report.get()
        let missing =
            report.behaviour[.hidesRandomNumbers]?.values.filter { $0.detail.contains("cannot emulate") } ?? []
        #expect(missing.allSatisfy { $0.verdict == .untried })
    }

    @Test func aGuestThatDoesNotEndIsStopped() throws {
        let system = try KVMSystem.open()
        var guest = try ProbeGuest(ProbeCode.endlessLoop, .real, in: system, cpuid: [])
        #expect(try guest.run(kickedAfter: .milliseconds(1)) == .stopped)
    }

    @Test(arguments: GuestMode.allCases)
    func anExceptionOfAProbesGuestIsSeen(mode: GuestMode) throws {
        let system = try KVMSystem.open()
        var guest = try ProbeGuest([0x0F, 0x0B], mode, in: system, cpuid: try system.supportedCPUID())  // ud2
        #expect(try guest.run() == .faultHandler)
    }
}
