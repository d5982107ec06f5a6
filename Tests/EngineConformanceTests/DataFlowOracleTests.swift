import Engine
import EngineTesting
import Engines
import GuestMemory
import TestBasics
import Testing
import X86

/// What ``DataFlow`` says a result was made of, compared with what changes when its inputs are changed one by one. Needs no KVM.
@Suite struct DataFlowOracleTests {
    /// Nothing that changes a result is missing among its sources.
    @Test(arguments: RandomDataProgram.Kind.allCases, 0..<12)
    func nothingThatMattersIsLeftOut(_ kind: RandomDataProgram.Kind, seed: UInt64) throws {
        try EngineChoice.soft.perform(Oracle(kind: kind, seed: seed, isExact: false))
    }

    /// Of a result of moves, each source changes it.
    @Test(arguments: 0..<24) func whatWasMovedMatters(seed: UInt64) throws {
        try EngineChoice.soft.perform(Oracle(kind: .moves, seed: 1000 + seed, isExact: true))
    }

    /// An engine that does something else than the flow says is found: the check can fail.
    @Test func wrongFlowIsFound() throws {
        let oracle = Oracle(kind: .arithmetic, seed: 1, isExact: false)

        #expect(try EngineChoice.soft.perform(oracle.comparison(forgetting: true)))
    }
}

/// Compares for one random program.
private struct Oracle: EngineTask {
    let kind: RandomDataProgram.Kind
    let seed: UInt64
    let isExact: Bool

    func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        let differs = try comparison(forgetting: false).perform(on: engine)
        #expect(!differs)
    }

    /// - Parameter forgetting: whether the sources of ADD lack one operand, which is wrong.
    func comparison(forgetting: Bool) -> Comparison {
        Comparison(kind: kind, seed: seed, isExact: isExact, forgetting: forgetting)
    }

    struct Comparison: EngineTask {
        let kind: RandomDataProgram.Kind
        let seed: UInt64
        let isExact: Bool
        let forgetting: Bool

        func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws -> Bool {
            var generator = SeededGenerator(seed: seed)
            let program = RandomDataProgram(kind, count: 14, using: &generator)
            var machine = try DataMachine<P>(program, using: &generator)
            let sources = try machine.sources(forgetting: forgetting)
            let inputs = machine.inputs
            let expected = try machine.results(changing: nil, by: 0)
            #expect(inputs.count > 100)
            var differs = false
            for input in inputs {
                for change in [UInt8(0xFF), 0x01, 0x80] where !isExact || change == 0xFF {
                    let results = try machine.results(changing: input, by: change)
                    for (place, value) in results {
                        let matters = value != expected[place]
                        let isSource = (sources[place] ?? [place]).contains(input)
                        let isWrong = matters && !isSource || isExact && isSource && !matters
                        if isWrong, !forgetting { Issue.record("\(input) of \(place): \(isSource), \(program.code)") }
                        differs = differs || isWrong
                    }
                }
            }
            return differs
        }
    }
}

/// A machine that executes a program again and again, each time from the same state with one byte changed.
private struct DataMachine<P: EngineProcessor & ~Copyable>: ~Copyable {
    private var machine: LongModeMachine<P>
    private let program: RandomDataProgram
    private let start: ProcessorState
    private let data: [UInt8]

    private static var dataAddress: UInt64 { 0x6000 }
    /// The flags that are data.
    private static var flags: UInt64 { 0x8D5 }

    init(_ program: RandomDataProgram, using generator: inout SeededGenerator) throws {
        self.program = program
        data = (0..<8 * RandomDataProgram.words).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        var state = ProcessorState()
        machine = try LongModeMachine<P>(program.code) { prepared in
            for number in RandomDataProgram.registers {
                prepared.general[Int(number)] = UInt64.random(in: .min ... .max, using: &generator)
            }
            prepared[.rbp] = Self.dataAddress
            prepared.control.cr4 |= 0x600
            prepared.extended.components[1] = (0..<256).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            state = prepared
        }
        start = state
    }

    /// Every byte of the program's registers and memory.
    var inputs: [DataByte] {
        let general = RandomDataProgram.registers.compactMap { GeneralRegister(rawValue: Int($0)) }
        return general.flatMap { register in (0..<8).map { .register(.general(register), $0) } }
            + (0..<Int(RandomDataProgram.vectors)).flatMap { number in (0..<16).map { .register(.vector(number), $0) } }
            + data.indices.map { .memory(GuestVirtualAddress(Self.dataAddress + UInt64($0))) }
    }

    /// The inputs on which each byte depends behind the program, as the flow of data says. Bytes that are left out are as they were.
    mutating func sources(forgetting: Bool) throws -> [DataByte: Set<DataByte>] {
        var sources: [DataByte: Set<DataByte>] = [:]
        try restore(changing: nil, by: 0)
        for _ in program.instructions.indices { try follow(&sources, forgetting) }
        // PUSH and POP are two.
        while try machine.processor.state().rip < LongModeLayout.start + UInt64(program.code.count) {
            try follow(&sources, forgetting)
        }
        return sources
    }

    private mutating func follow(_ sources: inout [DataByte: Set<DataByte>], _ forgetting: Bool) throws {
        let state = try machine.processor.state()
        let memory = machine.processor.memory
        let bytes = memory.read(state.instructionAddress, count: 15, in: state)
        let instruction = try #require(DataInstruction(decoding: bytes, mode: .long64))
        let flow = DataFlow(of: instruction, from: state) { memory.read($0, count: $1, in: state) }
        var after = sources
        for (place, made) in flow.results {
            var all: Set<DataByte> = []
            for byte in made.bytes.union(made.selectors) {
                if forgetting, case .register(.general(.rax), _) = byte { continue }
                all.formUnion(sources[byte] ?? [byte])
            }
            after[place] = all
        }
        sources = after
        let count = machine.processor.instructionsRetired
        let exit = try machine.processor.run(upTo: try #require(count) + 1)
        try #require(exit == nil, "\(program.instructions)")
    }

    /// Everything behind the program, where one input is changed.
    mutating func results(changing input: DataByte?, by change: UInt8) throws -> [DataByte: UInt8] {
        try restore(changing: input, by: change)
        let end = LongModeLayout.start + UInt64(program.code.count)
        try machine.processor.setBreakpoints([GuestVirtualAddress(end)])
        let exit = try machine.processor.run()
        #expect(exit == .debug)
        let state = try machine.processor.state()
        var results: [DataByte: UInt8] = [:]
        let now = try machine.processor.memory.read(at: GuestPhysicalAddress(Self.dataAddress), count: data.count)
        for place in inputs {
            switch place {
            case .register(.general(let register), let number):
                results[place] = UInt8(truncatingIfNeeded: state[register] >> UInt64(8 * number))
            case .register(.vector(let register), let number):
                results[place] =
                    (state.extended.components[1] ?? [UInt8](repeating: 0, count: 256))[16 * register + number]
            case .memory(let address): results[place] = now[Int(address.rawValue - Self.dataAddress)]
            default: break
            }
        }
        for bit in 0..<12 where Self.flags >> UInt64(bit) & 1 != 0 {
            results[.flag(bit)] = UInt8(state.rflags >> UInt64(bit) & 1)
        }
        return results
    }

    private mutating func restore(changing input: DataByte?, by change: UInt8) throws {
        var (state, data) = (start, data)
        switch input {
        case .register(.general(let register), let number): state[register] ^= UInt64(change) << UInt64(8 * number)
        case .register(.vector(let register), let number):
            state.extended.components[1]?[16 * register + number] ^= change
        case .memory(let address): data[Int(address.rawValue - Self.dataAddress)] ^= change
        default: break
        }
        try machine.processor.setBreakpoints([])
        try machine.processor.memory.write(data, at: GuestPhysicalAddress(Self.dataAddress))
        try machine.processor.restore(state)
    }
}
