import EndToEnd
import GuestImages
import KVMEngine
import Testing
import TraceFormat
import X86

@testable import Replayer

/// Differences that are put into a recording at random are found at exactly their place.
@Suite(.needsKVM) struct PlantedDifferenceTests {
    private static let plants = SlowTests.areIncluded ? 20 : 4

    @Test(arguments: ["hello", "pci-scan", "rtc-read", "pit-ticks", "tsc-hash"])
    func oneChangedInputIsFoundAtItsPlace(_ name: String) throws {
        let reader = try Recording.make(.named(name), maximumEvents: 400)
        let inputs = try reader.ordinals { $0.event.isRead }
        var generator = SeededGenerator(seed: UInt64(inputs.count))

        for _ in 0..<Self.plants {
            let place = try #require(inputs.randomElement(using: &generator))
            let bit = UInt64.random(in: 0..<8, using: &generator)
            let copy = try Recording.copy(reader) { $0.ordinal == place ? $0.flipping(bit) : $0 }

            let difference = try #require(try FirstDifferenceSearch(reader, copy).run())

            #expect(difference.kind == .event)
            #expect(difference.first.event?.ordinal == place)
            #expect(difference.second.event?.ordinal == place)
            #expect(difference.first.input?.ordinal == place)
        }
    }

    @Test(arguments: ["racy", "tick-self-modifying", "tick-rep-string"])
    func oneInterruptOneInstructionLaterIsFoundAtItsPlace(_ name: String) throws {
        let reader = try Recording.make(.named(name), maximumEvents: 60)
        let landings = try reader.keyframes.filter { $0.position == .asynchronous }.map { Int($0.number) }
        var generator = SeededGenerator(seed: 5)
        var planted = 0

        for number in landings.shuffled(using: &generator).prefix(Self.plants) {
            guard let copy = try reader.delayingInterrupt(atKeyframe: number) else { continue }
            planted += 1
            let interrupt = EventOrdinal(try reader.keyframeEntry(number).event.rawValue + 1)
            var difference = try #require(try FirstDifferenceSearch(reader, copy).run())
            try difference.examine((reader, copy), on: KVMProcessor.self, mostSteps: 1_000_000)

            #expect(try Replay(copy).result.get().outcome == .stopped(.cut), "what was planted is a run")
            #expect(difference.kind == .moment)
            #expect(difference.first.event?.ordinal == interrupt)
            #expect(difference.second.event?.ordinal == interrupt)
            let (one, other) = (try #require(difference.first.moment), try #require(difference.second.moment))
            #expect(other == Moment(event: one.event, instructions: one.instructions + 1))
        }
        #expect(planted > 0)
    }

    @Test(arguments: ["hello", "pci-scan", "rep-outs", "pit-ticks", "long-mode"])
    func oneFlippedBitInAKeyframeIsFoundAtItsAddress(_ name: String) throws {
        let reader = try Recording.make(.named(name), keyframeInterval: 10, maximumEvents: 100)
        let keyframes = try reader.keyframes.dropFirst().filter { $0.position == .synchronous }
        var generator = SeededGenerator(seed: UInt64(keyframes.count))

        for _ in 0..<Self.plants {
            let number = try #require(keyframes.randomElement(using: &generator)).number
            let page = try #require(try reader.pages(atKeyframe: Int(number)).randomElement(using: &generator))
            let address = GuestPhysicalAddress(page.rawValue + UInt64.random(in: 0..<4096, using: &generator))
            let bit = UInt8.random(in: 0..<8, using: &generator)
            let copy = try reader.flippingBit(bit, at: address, inKeyframe: number)
            var difference = try #require(try FirstDifferenceSearch(reader, copy).run())

            try difference.examine((reader, copy), on: KVMProcessor.self)

            #expect(difference.kind == .state)
            #expect(difference.first.keyframe.map(UInt32.init) == number)
            #expect(difference.pageCount == 1)
            #expect(difference.pages.first?.address == address)
            #expect(difference.pages.first?.count == 1)
        }
    }
}

extension Event {
    /// Whether it is a read of a port or a counter.
    fileprivate var isRead: Bool { kind == .portRead || kind == .hiddenRead }
}

extension RecordedEvent {
    /// The same with another bit in what was read.
    fileprivate func flipping(_ bit: UInt64) -> RecordedEvent {
        var changed = self
        switch event {
        case .portRead(var access):
            access.value ^= 1 << UInt32(bit)
            changed.event = .portRead(access)
        case .hiddenRead(var read):
            read.value ^= 1 << bit
            changed.event = .hiddenRead(read)
        default: break
        }
        return changed
    }
}

extension TraceReader {
    /// The pages that are stored of a keyframe's memory.
    fileprivate func pages(atKeyframe number: Int) throws -> [GuestPhysicalAddress] {
        var memory = try keyframe(number).memory
        var pages: [GuestPhysicalAddress] = []
        try memory.forEachPage { address, _ in pages.append(address) }
        return pages.sorted()
    }
}
