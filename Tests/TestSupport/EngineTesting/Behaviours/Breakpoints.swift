import Engine
import Testing
import X86

extension EngineBehaviours {
    static let breakpoints: [any EngineBehaviour] = [
        ABreakpointStopsBeforeItsInstruction(), BreakpointsTakeThePlaceOfThoseBefore(), FourBreakpointsStopTheGuest(),
    ]
}

/// Six times `inc eax`, two bytes each, and HLT.
private let increments: [UInt8] = (0..<6).flatMap { _ in [0xFF, 0xC0] as [UInt8] } + [0xF4]

/// The linear address of one of them.
private func increment(_ index: UInt64) -> GuestVirtualAddress { GuestVirtualAddress(LongModeLayout.start + 2 * index) }

struct ABreakpointStopsBeforeItsInstruction: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try LongModeMachine<P>(increments)
        try machine.processor.requireStops(in: .ring0)
        try machine.processor.setBreakpoints([increment(2)])
        let exit = try machine.processor.run()
        let (rip, registers) = (machine.processor.exitRIP, machine.processor.exitRegisters)
        let state = try machine.processor.state()
        #expect(exit == .debug)
        #expect(rip == increment(2).rawValue)
        #expect(state[.rax] == 2)
        #expect(registers == state.general + [state.rip, state.rflags])
    }
}

struct BreakpointsTakeThePlaceOfThoseBefore: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try LongModeMachine<P>(increments)
        try machine.processor.requireStops(in: .ring0)
        try machine.processor.setBreakpoints([increment(1)])
        try machine.processor.setBreakpoints([increment(3)])
        let first = try machine.processor.run()
        let rip = machine.processor.exitRIP
        try machine.processor.setBreakpoints([])
        let second = try machine.processor.run()
        #expect(first == .debug)
        #expect(rip == increment(3).rawValue)
        #expect(second == .halt)
    }
}

struct FourBreakpointsStopTheGuest: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try LongModeMachine<P>(increments)
        try machine.processor.requireStops(in: .ring0)
        // The one that was hit is left out, because a breakpoint does not let the instruction under it pass.
        var left = (1...4).map { increment($0) }
        for index: UInt64 in 1...4 {
            try machine.processor.setBreakpoints(left)
            let exit = try machine.processor.run()
            let rip = machine.processor.exitRIP
            #expect(exit == .debug)
            #expect(rip == increment(index).rawValue)
            left.removeFirst()
        }
    }
}
