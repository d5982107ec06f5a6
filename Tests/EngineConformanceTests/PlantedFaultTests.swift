import Engine
import Engines
import Testing
import X86

@testable import EngineTesting

/// The list finds an engine that does something else.
@Suite struct PlantedFaultTests {
    static let faults: [any PlantedFault] = [
        DropsKicks(), SwapsRegisters(), ForgetsAnException(), ForgetsTheFirstDirtyPage(), GivesElementsTwice(),
        AnswersOneMore(), InjectsTheNextVector(), DropsRefusals(), TakesInterruptsAlways(),
        TakesInterruptsInShadows(),
    ]

    @Test(arguments: EngineChoice.allCases, faults)
    func aFaultIsFound(engine: EngineChoice, fault: any PlantedFault) throws {
        do { try engine.requirePresence() } catch { return try skipCase("\(fault) on \(engine)", error) }
        try withKnownIssue {
            try Self.look(for: fault, on: engine)
        } matching: { issue in
            if case .expectationFailed = issue.kind { true } else { false }
        }
    }

    /// Otherwise it might be the processor in between that is found.
    @Test(arguments: EngineChoice.allCases, faults)
    func withoutItsFaultNothingIsFound(engine: EngineChoice, fault: any PlantedFault) throws {
        do { try engine.requirePresence() } catch { return try skipCase("\(fault) on \(engine)", error) }
        try engine.perform(FaultyCheck<NoFault>(behaviour: type(of: fault).finder))
    }

    /// Each check of stops asks the processor first.
    @Test(arguments: EngineChoice.allCases, EngineBehaviours.stepping + EngineBehaviours.breakpoints)
    func whatNeedsStopsIsSkippedWhereTheProcessorHasNone(engine: EngineChoice, behaviour: any EngineBehaviour) throws {
        do { try engine.requirePresence() } catch {
            return try skipCase("\(behaviour.testDescription) on \(engine)", error)
        }
        #expect(throws: HostLack.self) { try engine.perform(FaultyCheck<StopsNowhere>(behaviour: behaviour)) }
    }

    private static func look<Fault: PlantedFault>(for fault: Fault, on engine: EngineChoice) throws {
        try engine.perform(FaultyCheck<Fault>(behaviour: Fault.finder))
    }
}

/// One behaviour on an engine that has a fault.
private struct FaultyCheck<Fault: PlantedFault>: EngineTask {
    let behaviour: any EngineBehaviour

    func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        try behaviour.check(on: FaultyProcessor<P, Fault>.self)
    }
}

private struct NoFault: PlantedFault {
    static var finder: any EngineBehaviour { TheResetStateRoundTrips() }
}

private struct StopsNowhere: PlantedFault {
    static var finder: any EngineBehaviour { AStepExecutesOneInstruction() }
    static var stopsNowhere: Bool { true }
}

private struct DropsKicks: PlantedFault {
    static var finder: any EngineBehaviour { AKickBeforeARunStopsItBeforeAnythingIsExecuted() }
    static var dropsKicks: Bool { true }
}

private struct SwapsRegisters: PlantedFault {
    static var finder: any EngineBehaviour { AStateOfEachModeRoundTrips() }
    static func change(_ state: inout ProcessorState) { (state[.r12], state[.r13]) = (state[.r13], state[.r12]) }
}

private struct ForgetsAnException: PlantedFault {
    static var finder: any EngineBehaviour { AnExceptionOnItsWayRoundTrips() }
    static func change(_ state: inout ProcessorState) { state.pending.exception = nil }
}

private struct ForgetsTheFirstDirtyPage: PlantedFault {
    static var finder: any EngineBehaviour { WhatTheGuestWroteIsAmongTheDirtyPages() }
    static func change(_ pages: inout [GuestPhysicalAddress]) { pages = Array(pages.dropFirst()) }
}

/// The second element of a string is the first again.
private struct GivesElementsTwice: PlantedFault {
    static var finder: any EngineBehaviour { RepeatedOutputComesElementByElement() }
    static func change(_ exit: inout Exit) {
        if case .portWrite(let port, .byte, value: 0x22) = exit { exit = .portWrite(port, .byte, value: 0x11) }
    }
}

private struct AnswersOneMore: PlantedFault {
    static var finder: any EngineBehaviour { RepeatedInputIsAnsweredElementByElement() }
    static func changeAnswer(_ value: inout UInt64) { value += 1 }
}

private struct InjectsTheNextVector: PlantedFault {
    static var finder: any EngineBehaviour { AnInjectedInterruptReachesItsHandler() }
    static func changeVector(_ vector: inout UInt8) { vector += 1 }
}

private struct DropsRefusals: PlantedFault {
    static var finder: any EngineBehaviour { ARefusedRegisterRaisesAFault() }
    static var dropsRefusals: Bool { true }
}

private struct TakesInterruptsAlways: PlantedFault {
    static var finder: any EngineBehaviour { InTheMiddleOfAStringNoInterruptIsTaken() }
    static var isAlwaysReady: Bool { true }
}

private struct TakesInterruptsInShadows: PlantedFault {
    static var finder: any EngineBehaviour { BehindAnEnablingInstructionNoInterruptIsTaken() }
    static var isAlwaysReady: Bool { true }
}
