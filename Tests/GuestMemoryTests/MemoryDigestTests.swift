import ByteCoding
import TestBasics
import Testing
import X86

@testable import GuestMemory

@Suite struct MemoryDigestTests {
    private static let pages: UInt64 = 16

    private static func memory() throws -> GuestMemory {
        try GuestMemory(regions: [GuestMemory.Region(address: GuestPhysicalAddress(0), size: pages << 12)])
    }

    private static let addresses = (0..<pages).map { GuestPhysicalAddress($0 << 12) }

    private static func fromScratch(
        _ memory: GuestMemory,
        _ order: [GuestPhysicalAddress] = addresses
    ) throws -> Digest128 {
        var digest = MemoryDigest()
        for page in order { try digest.update(page: page, in: memory) }
        return digest.value
    }

    @Test(arguments: 0..<8)
    func afterRandomWritesItEqualsTheOneFromScratch(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let memory = try Self.memory()
        var digest = MemoryDigest()
        for _ in 0..<200 {
            let address = UInt64.random(in: 0..<(Self.pages << 12) - 16, using: &generator)
            let bytes = (0..<Int.random(in: 0...16, using: &generator)).map { _ in
                UInt8.random(in: 0...2, using: &generator)
            }
            try memory.write(bytes, at: GuestPhysicalAddress(address))
            for page in memory.takeHostWrites() { try digest.update(page: page, in: memory) }
        }
        #expect(digest.value == (try Self.fromScratch(memory)))
    }

    @Test func theOrderOfPagesDoesNotMatter() throws {
        let memory = try Self.memory()
        for page in Self.addresses { try memory.write([UInt8(page.rawValue >> 12) + 1], at: page) }
        #expect(try Self.fromScratch(memory) == Self.fromScratch(memory, Self.addresses.reversed()))
    }

    @Test func aPageOfZerosCountsNothing() throws {
        #expect(try Self.fromScratch(Self.memory()) == .zero)
    }

    @Test func aPageThatBecomesZeroAgainIsForgotten() throws {
        let memory = try Self.memory()
        var digest = MemoryDigest()
        try memory.write([1], at: Self.addresses[3])
        #expect(try digest.update(page: Self.addresses[3], in: memory))
        try memory.write([0], at: Self.addresses[3])
        #expect(try digest.update(page: Self.addresses[3], in: memory))
        #expect(digest.value == .zero)
    }

    @Test func anUpdateOfAnUnchangedPageSaysSo() throws {
        let memory = try Self.memory()
        var digest = MemoryDigest()
        try memory.write([1], at: Self.addresses[3])
        try digest.update(page: Self.addresses[3], in: memory)
        try memory.write([1], at: Self.addresses[3])
        #expect(try !digest.update(page: Self.addresses[3], in: memory))
    }

    @Test func theSameBytesInAnotherPageAreAnotherMemory() throws {
        let first = try Self.memory()
        let second = try Self.memory()
        try first.write([1], at: Self.addresses[1])
        try second.write([1], at: Self.addresses[2])
        #expect(try Self.fromScratch(first) != Self.fromScratch(second))
    }

    @Test(arguments: [0, 7, 8, 4088, 4095])
    func oneByteAnywhereInAPageCounts(offset: UInt64) throws {
        let memory = try Self.memory()
        try memory.write([1], at: GuestPhysicalAddress(0x3000 + offset))
        #expect(try Self.fromScratch(memory) != .zero)
    }

    @Test func twoEqualPagesDoNotCancelOut() throws {
        let memory = try Self.memory()
        try memory.write([1], at: Self.addresses[1])
        try memory.write([1], at: Self.addresses[2])
        #expect(try Self.fromScratch(memory) != .zero)
    }
}
