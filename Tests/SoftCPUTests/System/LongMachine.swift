import X86

@testable import SoftCPU

/// A processor in 64-bit mode with page tables, descriptors, gates for all exceptions and a task, over ``SmallMachine``.
///
/// The handler of each vector is a HLT at ``handlers`` plus the vector, so that where it stops says what was raised.
@safe
final class LongMachine {
    let machine: SmallMachine
    var processor: SoftCPU { machine.processor }

    static let table: UInt64 = 0x1000
    static let gates: UInt64 = 0x2000
    static let handlers: UInt64 = 0x3000
    static let task: UInt64 = 0x4000
    /// The root of four levels of page tables, by which the first 2 MiB are themselves, for all privilege levels.
    static let root: UInt64 = 0xA000
    static let kernelStack: UInt64 = 0x7000
    static let userStack: UInt64 = 0x6000

    // Selectors, in the order that SYSCALL, SYSRET, SYSENTER and SYSEXIT ask for.
    static let code: UInt16 = 0x08
    static let data: UInt16 = 0x10
    static let narrowUserCode: UInt16 = 0x1B
    static let userData: UInt16 = 0x23
    static let userCode: UInt16 = 0x2B
    static let taskSelector: UInt16 = 0x38
    /// The first that is free.
    static let free: UInt16 = 0x48

    /// Where a run begins.
    enum Level { case kernel, user, narrowUser }

    init(configuration: SoftConfiguration = SoftConfiguration()) throws {
        machine = try SmallMachine(configuration: configuration)
        let descriptors: [(UInt16, UInt64)] = [
            (Self.code, 0x00AF_9B00_0000_FFFF), (Self.data, 0x00CF_9300_0000_FFFF),
            (Self.narrowUserCode, 0x00CF_FB00_0000_FFFF), (Self.userData, 0x00CF_F300_0000_FFFF),
            (Self.userCode, 0x00AF_FB00_0000_FFFF),
            (Self.taskSelector, ProtectedMachine.system(0x8B, base: Self.task, limit: 0x67)),
        ]
        for (selector, value) in descriptors { try setDescriptor(selector, value) }
        try machine.put(Self.kernelStack, bytes: 8, at: Self.task + 4)
        // No map of ports.
        try machine.put(0x68, bytes: 2, at: Self.task + 102)
        for vector in 0..<32 {
            try setGate(vector)
            try machine.put([0xF4], at: Self.handlers + UInt64(vector))
        }
        try machine.put(Self.root + 0x1007, bytes: 8, at: Self.root)
        try machine.put(Self.root + 0x2007, bytes: 8, at: Self.root + 0x1000)
        try machine.put(0x87, bytes: 8, at: Self.root + 0x2000)
    }

    func setDescriptor(_ selector: UInt16, _ value: UInt64) throws {
        try machine.put(value, bytes: 8, at: Self.table + UInt64(selector & 0xFFF8))
    }

    /// Sets the gate of an exception.
    ///
    /// - Parameter stack: which of the task's seven stacks it takes; 0 for none of them.
    func setGate(_ vector: Int, stack: UInt64 = 0) throws {
        let gate = ProtectedMachine.gate(0x8E, Self.code, Self.handlers + UInt64(vector)) | stack << 32
        try machine.put(gate, bytes: 8, at: Self.gates + UInt64(16 * vector))
        try machine.put(0, bytes: 8, at: Self.gates + UInt64(16 * vector) + 8)
    }

    /// Begins at ``SmallMachine/code``.
    func start(_ bytes: [UInt8], _ level: Level = .kernel, _ change: (inout ProcessorState) -> Void = { _ in }) throws {
        try machine.put(bytes, at: SmallMachine.code)
        var state = ProcessorState.reset(signature: 0)
        state.control.cr0 = 0x8000_0011
        state.control.cr3 = Self.root
        state.control.cr4 = 0x20
        state.control.efer = 0xD01
        state.gdt = .init(base: Self.table, limit: 0xFFF)
        state.idt = .init(base: Self.gates, limit: 0xFFF)
        let isUser = level != .kernel
        let rights: UInt32 = isUser ? 0x60 : 0
        state.segments.cs = .init(
            limit: 0xFFFF_FFFF,
            selector: level == .kernel ? Self.code : level == .user ? Self.userCode : Self.narrowUserCode,
            accessRights: (level == .narrowUser ? 0xC09B : 0xA09B) | rights
        )
        for segment in [\ProcessorState.Segments.ss, \.ds, \.es, \.fs, \.gs] {
            state.segments[keyPath: segment] = .init(
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

    /// Words on the stack, from its top.
    func stack(_ count: Int) throws -> [UInt64] {
        let top = processor.state[.rsp]
        return try (0..<count).map { try machine.number(at: top + UInt64(8 * $0), bytes: 8) }
    }

    /// Executes up to the HLT of a handler: the exception's vector, and its error code if it has one. Nil where something else
    /// ends the run.
    func exception() throws -> Raised? {
        guard processor.run(upTo: 1000) == .halt else { return nil }
        let vector = processor.state.rip &- 1 &- Self.handlers
        guard vector < 32 else { return nil }
        let hasCode = [8, 10, 11, 12, 13, 14, 17].contains(vector)
        return Raised(vector: vector, errorCode: hasCode ? try stack(1)[0] : nil)
    }

    /// An exception that was taken.
    struct Raised: Equatable {
        var vector: UInt64
        var errorCode: UInt64?
    }
}
