import GuestMemory
import Testing
import X86

@testable import Engine
@testable import KVMEngine

/// A processor with 64 KiB of memory from address 0 and a page of ROM at 0x20000, in real mode, about to execute a few
/// hand-assembled bytes. Every interrupt vector leads to OUT 0x99, HLT.
struct TinyMachine: ~Copyable {
    static let start: UInt16 = 0x1000
    static let handlerPort = Port(0x99)
    static let rom: UInt64 = 0x2_0000
    static let stack: UInt64 = 0x8000

    var processor: KVMProcessor

    init(_ code: [UInt8], prepare: (inout ProcessorState) -> Void = { _ in }) throws {
        var processor = try KVMProcessor.make(
            regions: [
                .init(address: GuestPhysicalAddress(0), size: 0x1_0000),
                .init(address: GuestPhysicalAddress(Self.rom), size: 0x1000, isReadOnly: true),
            ],
            profile: .baseline
        )
        let memory = processor.memory
        try memory.write(code, at: GuestPhysicalAddress(UInt64(Self.start)))
        for vector: UInt64 in 0..<256 {
            try memory.write([0x00, 0x70, 0x00, 0x00], at: GuestPhysicalAddress(4 * vector))
        }
        try memory.write([0xE6, 0x99, 0xF4], at: GuestPhysicalAddress(0x7000))  // out 0x99, al; hlt
        var state = ProcessorState.realMode(entry: Self.start, signature: 0)
        state[.rsp] = Self.stack
        prepare(&state)
        try processor.restore(state)
        self.processor = processor
    }

    /// As the processor says. A macro cannot look into what cannot be copied.
    var canTakeInterrupt: Bool { processor.canTakeInterrupt }
    var isInsideInstruction: Bool { processor.isInsideInstruction }
    var interruptFlag: Bool { processor.interruptFlag }

    func write(_ bytes: [UInt8], at address: UInt64) throws {
        try processor.memory.write(bytes, at: GuestPhysicalAddress(address))
    }

    func read(at address: UInt64, _ count: Int) throws -> [UInt8] {
        try processor.memory.read(at: GuestPhysicalAddress(address), count: count)
    }

    /// The next exit that is none of the host's own making.
    mutating func run() throws -> Exit { try processor.run() }

    /// The whole state, with what is pending completed.
    mutating func state() throws -> ProcessorState {
        try processor.completePendingAccess()
        return try processor.state()
    }
}
