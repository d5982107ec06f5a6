import X86

@testable import SoftCPU

/// A processor in 32-bit protected mode with a descriptor table, gates for all exceptions and a task, over ``SmallMachine``.
///
/// The handler of each vector is a HLT at ``handlers`` plus the vector, so that where it stops says what was raised.
@safe
final class ProtectedMachine {
    let machine: SmallMachine
    var processor: SoftCPU { machine.processor }

    static let table: UInt64 = 0x1000
    static let gates: UInt64 = 0x2000
    static let handlers: UInt64 = 0x3000
    static let task: UInt64 = 0x4000
    static let kernelStack: UInt64 = 0x7000
    static let userStack: UInt64 = 0x6000

    // Selectors. Code and data of level 0 and 3, and the present task.
    static let code: UInt16 = 0x08
    static let data: UInt16 = 0x10
    static let userCode: UInt16 = 0x1B
    static let userData: UInt16 = 0x23
    static let taskSelector: UInt16 = 0x28
    /// The first that is free.
    static let free: UInt16 = 0x30

    init(configuration: SoftConfiguration = SoftConfiguration()) throws {
        machine = try SmallMachine(configuration: configuration)
        try setDescriptor(Self.code, Self.segment(0x9B))
        try setDescriptor(Self.data, Self.segment(0x93))
        try setDescriptor(Self.userCode, Self.segment(0xFB))
        try setDescriptor(Self.userData, Self.segment(0xF3))
        try setDescriptor(Self.taskSelector, Self.system(0x8B, base: Self.task, limit: 0x67))
        try machine.put(Self.kernelStack, bytes: 4, at: Self.task + 4)
        try machine.put(UInt64(Self.data), bytes: 4, at: Self.task + 8)
        // No map of ports.
        try machine.put(0x68, bytes: 2, at: Self.task + 102)
        for vector in 0..<32 {
            try setGate(vector, Self.gate(0x8E, Self.code, Self.handlers + UInt64(vector)))
            try machine.put([0xF4], at: Self.handlers + UInt64(vector))
        }
    }

    /// A flat segment with these rights.
    static func segment(_ rights: UInt64) -> UInt64 { 0x00CF_0000_0000_FFFF | rights << 40 }

    /// A descriptor with a base and a limit in bytes.
    static func system(_ rights: UInt64, base: UInt64, limit: UInt64) -> UInt64 {
        limit & 0xFFFF | (base & 0xFF_FFFF) << 16 | rights << 40 | (limit >> 16 & 15) << 48 | (base >> 24) << 56
    }

    /// A gate of 32 bits.
    static func gate(_ rights: UInt64, _ selector: UInt16, _ offset: UInt64) -> UInt64 {
        offset & 0xFFFF | UInt64(selector) << 16 | rights << 40 | (offset >> 16) << 48
    }

    func setDescriptor(_ selector: UInt16, _ value: UInt64) throws {
        try machine.put(value, bytes: 8, at: Self.table + UInt64(selector & 0xFFF8))
    }

    func descriptor(_ selector: UInt16) throws -> UInt64 {
        try machine.number(at: Self.table + UInt64(selector & 0xFFF8), bytes: 8)
    }

    func setGate(_ vector: Int, _ value: UInt64) throws {
        try machine.put(value, bytes: 8, at: Self.gates + UInt64(8 * vector))
    }

    /// Begins at ``SmallMachine/code`` at privilege level 0 or 3.
    func start(_ bytes: [UInt8], isUser: Bool = false, _ change: (inout ProcessorState) -> Void = { _ in }) throws {
        try machine.put(bytes, at: SmallMachine.code)
        var state = ProcessorState.reset(signature: 0)
        state.control.cr0 = 0x11
        state.gdt = .init(base: Self.table, limit: 0xFFF)
        state.idt = .init(base: Self.gates, limit: 0x7FF)
        let rights: UInt32 = isUser ? 0x60 : 0
        state.segments.cs = .init(
            base: 0,
            limit: 0xFFFF_FFFF,
            selector: isUser ? Self.userCode : Self.code,
            accessRights: 0xC09B | rights
        )
        for segment in [\ProcessorState.Segments.ss, \.ds, \.es, \.fs, \.gs] {
            state.segments[keyPath: segment] = .init(
                base: 0,
                limit: 0xFFFF_FFFF,
                selector: isUser ? Self.userData : Self.data,
                accessRights: 0xC093 | rights
            )
        }
        state.segments.tr = .init(base: Self.task, limit: 0x67, selector: Self.taskSelector, accessRights: 0x8B)
        state.segments.ldt = .init(accessRights: 1 << 16)
        state.rip = SmallMachine.code
        state[.rsp] = isUser ? Self.userStack : Self.kernelStack
        change(&state)
        processor.state = state
    }

    /// An exception that was taken.
    struct Taken: Equatable {
        var vector: UInt64
        /// Of those that have one.
        var errorCode: UInt64?
        var ip: UInt64
    }

    /// Executes up to the HLT of a handler; nil where something else ends it.
    func exception() throws -> Taken? {
        guard processor.run(upTo: 1000) == .halt else { return nil }
        let state = processor.state
        let vector = state.rip &- 1 &- Self.handlers
        guard vector < 32 else { return nil }
        let hasCode = [8, 10, 11, 12, 13, 14, 17].contains(vector)
        return Taken(
            vector: vector,
            errorCode: hasCode ? try machine.number(at: state[.rsp], bytes: 4) : nil,
            ip: try machine.number(at: state[.rsp] + (hasCode ? 4 : 0), bytes: 4)
        )
    }
}
