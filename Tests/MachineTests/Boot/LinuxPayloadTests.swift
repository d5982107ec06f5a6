import ByteCoding
import Engine
import GuestMemory
import Platform
import Testing
import X86

@testable import Machine

/// The kernel within a bzImage: taken out where that is possible, and left to the guest otherwise.
@Suite struct LinuxPayloadTests {
    /// RDTSC with NOPs around it, at this place of the kernel.
    private static let codeOffset = 0x40
    private static let kernel = SampleELF(wide: true).with(
        content: [UInt8](repeating: 0x90, count: codeOffset) + [0x0F, 0x31]
            + [UInt8](repeating: 0x90, count: codeOffset)
    )

    /// LZ4's legacy frame with one block that repeats nothing, and the size behind it.
    private static func packed(_ bytes: [UInt8], size: UInt32? = nil) -> [UInt8] {
        let rest = bytes.count - 15
        let block =
            [0xF0] + [UInt8](repeating: 0xFF, count: rest / 255) + [UInt8(rest % 255)] + bytes
        var writer = ByteWriter()
        writer.write(UInt32(0x184C_2102))
        writer.write(UInt32(block.count))
        writer.write(bytes: block)
        writer.write(size ?? UInt32(bytes.count))
        return writer.bytes
    }

    private static func boot(_ image: SampleBzImage, memory: UInt64 = 32 << 20) throws -> MachineConfiguration {
        try MachineConfiguration(
            memorySize: memory,
            image: GuestImage(bytes: image.bytes, bootProtocol: .linux),
            profile: .baseline
        )
    }

    @Test func itsCodeIsKnownAndItIsEnteredItself() throws {
        let configuration = try Self.boot(SampleBzImage(payload: Self.packed(Self.kernel.bytes)))

        #expect(configuration.initialState.rip == 0x10_0000)
        #expect(configuration.code.patches.map(\.address.rawValue) == [0x10_0000 + UInt64(Self.codeOffset)])
        let memory = try GuestMemory(regions: configuration.memoryRegions)
        let state = try configuration.load(into: memory)
        #expect(
            try memory.read(at: GuestPhysicalAddress(0x10_0000), count: Self.codeOffset)
                == [UInt8](repeating: 0x90, count: Self.codeOffset)
        )
        // The setup header is the bzImage's.
        #expect(try memory.read(at: GuestPhysicalAddress(state[.rsi] + 0x238), count: 2) == [255, 0])
    }

    private static func changed(_ change: (inout SampleELF) -> Void) -> [UInt8] {
        var elf = kernel
        change(&elf)
        return packed(elf.bytes)
    }

    private static let others: [(String, [UInt8])] = [
        ("none", []),
        ("only a size", [0, 0, 0, 0]),
        ("another format", [0x42, 0x5A, 0x68, 0x39, 0, 0, 0, 0]),
        ("a wrong size", packed(kernel.bytes, size: 0x1000)),
        ("a size beyond its memory", packed(kernel.bytes, size: .max)),
        ("damage", packed(kernel.bytes).dropFirst(12) + [0]),
        ("no ELF file", packed([UInt8](repeating: 0x90, count: 0x100))),
        ("a 32-bit kernel", packed(SampleELF(wide: false).bytes)),
        ("a kernel for another address", changed { $0.segments[0].physicalAddress = 0x10_1000 }),
        ("a kernel that begins before it", changed { $0.segments.insert(.init(physicalAddress: 0xF_0000), at: 0) }),
        ("a kernel that is larger", changed { $0.segments[0].memorySize = 0x4001 }),
        ("a kernel at the end of the address space", changed { $0.segments[0].memorySize = .max }),
    ]

    @Test(arguments: others)
    func whatCannotBeTakenOutIsLeftToTheGuest(what: String, payload: [UInt8]) throws {
        let configuration = try Self.boot(SampleBzImage(payload: payload))

        #expect(configuration.initialState.rip == 0x10_0200)
        #expect(configuration.code.patches.isEmpty)
    }

    @Test func whereItsAddressIsTakenTheGuestPutsIt() throws {
        let image = SampleBzImage(
            preferredAddress: 0x100_0000,
            initialSize: 0x4000,
            payload: Self.changed { ($0.segments[0].physicalAddress, $0.entry) = (0x100_0000, 0x100_0000) }
        )

        #expect(try Self.boot(image).initialState.rip == 0x100_0000)
        #expect(try Self.boot(image, memory: 8 << 20).initialState.rip == 0x10_0200)
    }
}
