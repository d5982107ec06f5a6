import Engine
import EngineTesting
import Engines
import Testing

/// Every engine does everything on the list.
@Suite struct EngineConformanceTests {
    @Test(arguments: EngineChoice.allCases, EngineBehaviours.all)
    func everyEngineDoesThis(engine: EngineChoice, behaviour: any EngineBehaviour) throws {
        do {
            try engine.requirePresence()
            try engine.perform(BehaviourCheck(behaviour: behaviour))
        } catch let lack as HostLack {
            try skipCase("\(behaviour.testDescription) on \(engine)", lack)
        }
    }
}

/// One behaviour on whichever engine is chosen.
struct BehaviourCheck: EngineTask {
    let behaviour: any EngineBehaviour

    func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        try behaviour.check(on: engine)
    }
}
