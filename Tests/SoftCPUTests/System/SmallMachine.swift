import GuestMemory
import X86

@testable import SoftCPU

/// A processor over a megabyte of memory at address 0, for tests that write their code by hand.
@safe
final class SmallMachine {
    let memory: GuestMemory
    let processor: SoftCPU
    /// Where code is put.
    static let code: UInt64 = 0x8000

    init(configuration: SoftConfiguration = SoftConfiguration(), size: UInt64 = 1 << 20) throws {
        memory = try GuestMemory(regions: [.init(address: GuestPhysicalAddress(0), size: size)])
        processor = SoftCPU(memory: memory.mappings, configuration: configuration)
    }

    /// Puts bytes into memory.
    func put(_ bytes: [UInt8], at address: UInt64) throws {
        try memory.write(bytes, at: GuestPhysicalAddress(address))
        processor.memoryChanged(at: GuestPhysicalAddress(address), count: bytes.count)
    }

    /// Puts a number of so many bytes into memory.
    func put(_ value: UInt64, bytes: Int, at address: UInt64) throws {
        try put((0..<bytes).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }, at: address)
    }

    /// A number of so many bytes in memory.
    func number(at address: UInt64, bytes: Int) throws -> UInt64 {
        try memory.read(at: GuestPhysicalAddress(address), count: bytes).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Begins in real-address mode at ``code``, with all segments at 0.
    func startReal(_ bytes: [UInt8]) throws {
        try put(bytes, at: Self.code)
        var state = ProcessorState.reset(signature: 0)
        for segment in [\ProcessorState.Segments.cs, \.ss, \.ds, \.es] {
            state.segments[keyPath: segment].base = 0
            state.segments[keyPath: segment].selector = 0
        }
        state.rip = Self.code
        state[.rsp] = 0x7000
        processor.state = state
    }
}
