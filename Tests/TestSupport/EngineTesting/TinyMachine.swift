public import Engine
import GuestMemory
public import X86

/// The addresses in a ``TinyMachine``.
public enum TinyLayout {
    /// Its first instruction.
    public static let start: UInt16 = 0x1000
    /// The handler of every vector: OUT ``handlerPort``, HLT.
    public static let handler: UInt64 = 0x7000
    /// The port to which the handler writes.
    public static let handlerPort = Port(0x99)
    /// A page of ROM.
    public static let rom: UInt64 = 0x2_0000
    /// Its stack's end.
    public static let stack: UInt64 = 0x8000
}

/// A processor with 64 KiB of memory from address 0 and a page of ROM at 0x20000, in real mode, about to execute a few
/// hand-assembled bytes. Every interrupt vector leads to OUT 0x99, HLT.
public struct TinyMachine<P: EngineProcessor & ~Copyable>: ~Copyable {
    /// The processor.
    public var processor: P

    /// Makes a machine.
    ///
    /// - Parameters:
    ///   - code: what it executes.
    ///   - modelSpecificRegisters: those that are part of its state; if nil, all that the engine has.
    ///   - prepare: changes the state in which it begins.
    public init(
        _ code: [UInt8],
        modelSpecificRegisters: [UInt32]? = nil,
        prepare: (inout ProcessorState) -> Void = { _ in }
    ) throws {
        var processor = try P.make(
            regions: [
                .init(address: GuestPhysicalAddress(0), size: 0x1_0000),
                .init(address: GuestPhysicalAddress(TinyLayout.rom), size: 0x1000, isReadOnly: true),
            ],
            profile: .baseline,
            modelSpecificRegisters: modelSpecificRegisters,
            trapBasePort: nil
        )
        let memory = processor.memory
        try memory.write(code, at: GuestPhysicalAddress(UInt64(TinyLayout.start)))
        for vector: UInt64 in 0..<256 {
            try memory.write([0x00, 0x70, 0x00, 0x00], at: GuestPhysicalAddress(4 * vector))
        }
        try memory.write([0xE6, 0x99, 0xF4], at: GuestPhysicalAddress(TinyLayout.handler))  // out 0x99, al; hlt
        var state = ProcessorState.realMode(entry: TinyLayout.start, signature: 0)
        state[.rsp] = TinyLayout.stack
        prepare(&state)
        try processor.restore(state)
        self.processor = processor
    }

    /// As the processor says. A macro cannot look into a value that cannot be copied.
    public var canTakeInterrupt: Bool { processor.canTakeInterrupt }
    /// As the processor says.
    public var isInsideInstruction: Bool { processor.isInsideInstruction }
    /// As the processor says.
    public var interruptFlag: Bool { processor.interruptFlag }

    /// Writes memory as the host does.
    public func write(_ bytes: [UInt8], at address: UInt64) throws {
        try processor.memory.write(bytes, at: GuestPhysicalAddress(address))
    }

    /// Reads memory.
    public func read(at address: UInt64, _ count: Int) throws -> [UInt8] {
        try processor.memory.read(at: GuestPhysicalAddress(address), count: count)
    }

    /// The next exit that the host did not cause.
    public mutating func run() throws -> Exit { try processor.run() }

    /// The whole state, with what is pending completed.
    public mutating func state() throws -> ProcessorState {
        try processor.completePendingAccess()
        return try processor.state()
    }
}
