import Engine
import X86

/// States in which no two registers have the same value, so that a swap is noticed.
enum SampleStates {
    /// One of each mode, by its name.
    static var all: [(String, ProcessorState)] {
        [("real", real), ("protected", protected32), ("ring 0", long(ring: 0)), ("ring 3", long(ring: 3))]
    }

    private static func distinctive(_ state: ProcessorState) -> ProcessorState {
        var state = state
        for register in GeneralRegister.allCases {
            state[register] = 0x1111_0000_0000_1000 + UInt64(register.rawValue)
        }
        state.rip = 0x1234
        state.rflags = 0x8D7  // CF, PF, AF, ZF, SF, OF
        state.gdt = .init(base: 0x3000, limit: 0x47)
        state.idt = .init(base: 0x3100, limit: 0x3FF)
        state.control.cr2 = 0xDEAD_B000
        state.debug.address = [0x1000, 0x2000, 0x3000, 0x4000]
        state.debug.control = 0x0000_0455
        state.extended.mxcsr = 0x1FA0
        state.extended.components[0] = x87
        state.extended.components[1] = (0..<256).map { UInt8($0 & 0x7F) + 1 }
        return state
    }

    /// Ten bytes of each register, and six that are reserved; all are valid.
    private static var x87: [UInt8] {
        var bytes: [UInt8] = [0x7F, 0x02, 0, 0, 0xFF] + [UInt8](repeating: 0, count: 19)
        for number: UInt8 in 0..<8 { bytes += (1...10).map { 16 * number + $0 } + [UInt8](repeating: 0, count: 6) }
        return bytes
    }

    static var real: ProcessorState {
        var state = distinctive(.realMode(entry: 0, signature: 0))
        state.segments.cs = .init(base: 0xF_0000, limit: 0xFFFF, selector: 0xF000, accessRights: 0x9B)
        state.segments.fs = .init(base: 0x1_2340, limit: 0xFFFF, selector: 0x1234, accessRights: 0x93)
        return state
    }

    static var protected32: ProcessorState {
        var state = distinctive(.realMode(entry: 0, signature: 0))
        state.control.cr0 = 0x6000_0031
        state.segments.cs = .init(limit: .max, selector: 0x08, accessRights: 0xC09B)
        let data = ProcessorState.Segment(limit: .max, selector: 0x10, accessRights: 0xC093)
        (state.segments.ds, state.segments.es, state.segments.ss) = (data, data, data)
        state.segments.gs = .init(base: 0x7000, limit: 0xFFF, selector: 0x30, accessRights: 0x4093)
        state.segments.tr = .init(base: 0x6000, limit: 0x67, selector: 0x38, accessRights: 0x8B)
        return state
    }

    static func long(ring: UInt16) -> ProcessorState {
        var state = protected32
        let level = UInt32(ring) << 5
        state.control.cr0 = 0x8005_0033
        state.control.cr3 = 0x2000
        state.control.cr4 = 0x620
        state.control.cr8 = 5
        state.control.efer = 0xD01
        state.segments.cs = .init(limit: .max, selector: 0x08 | ring, accessRights: 0xA09B | level)
        let data = ProcessorState.Segment(limit: .max, selector: 0x10 | ring, accessRights: 0xC093 | level)
        (state.segments.ds, state.segments.es, state.segments.ss) = (data, data, data)
        state.segments.fs.base = 0xFFFF_8000_0000_1000
        state.segments.gs.base = 0xFFFF_8000_0000_2000
        state.modelSpecific = [0xC000_0082: 0xFFFF_8000_0000_3000, 0xC000_0102: 0xFFFF_8000_0000_4000]
        return state
    }
}

extension TinyMachine where P: ~Copyable {
    /// Restores a state into a new processor and captures it again, with the same model-specific registers.
    static func roundTrip(_ state: ProcessorState) throws -> ProcessorState {
        var machine = try Self([])
        try machine.processor.restore(state)
        var read = try machine.processor.state()
        read.modelSpecific = read.modelSpecific.filter { state.modelSpecific[$0.key] != nil }
        return read
    }
}
