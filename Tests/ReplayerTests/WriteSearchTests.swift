import EndToEnd
import Engine
import GuestImages
import KVMEngine
import TestBasics
import Testing
import TraceFormat
import X86

@testable import Replayer

@Suite(.needsKVM)
struct WriteSearchTests {
    private static let guests = [
        "hello", "mmio", "rep-outs", "self-modifying", "protected", "long-mode", "racy", "tick-after-pio",
        "tick-self-modifying",
    ]

    private static let samples = SlowTests.areIncluded ? 56 : 6

    /// The last write of random addresses before random moments, by executing one instruction after the other and comparing.
    @Test(arguments: guests)
    func theLastWriteIsThatOfSteppingThroughEverything(_ name: String) throws {
        let reader = try Recording.make(.named(name), keyframeInterval: 9, maximumEvents: 40)
        try Self.check(reader, seed: UInt64(name.utf8.count))
    }

    @Test func aDevicesWriteIsTheLastOneToo() throws {
        let reader = try Recording.make(.named("hello"), keyframeInterval: 1000).addingDeviceWrite(of: 7, at: 0x7C00)
        let oracle = try SteppingOracle<KVMProcessor>(reader)
        let write = try #require(try reader.ordinals { $0.event.kind == .deviceWrite }.first)
        let watched = WatchedMemory(physical: GuestPhysicalAddress(0x7C00), count: 1)
        var search = try WriteSearch(KVMTimeline(reader), watched)
        let limit = Moment(event: EventOrdinal(write.rawValue + 2))

        let found = try #require(try search.last(before: limit))

        #expect(found.moment == Moment(event: write))
        #expect(found.cause.event == write)
        #expect(oracle.last(of: 0x7C00, before: limit)?.writer == .event(write))
    }

    /// Every change of a few addresses, in order.
    @Test(arguments: ["hello", "mmio", "racy"])
    func allWritesAreThoseOfSteppingThroughEverything(_ name: String) throws {
        let reader = try Recording.make(.named(name), keyframeInterval: 9, maximumEvents: 40)
        let oracle = try SteppingOracle<KVMProcessor>(reader)
        var generator = SeededGenerator(seed: 3)

        for address in oracle.interesting.shuffled(using: &generator).prefix(4) {
            let watched = WatchedMemory(physical: GuestPhysicalAddress(address), count: 1)
            var search = try WriteSearch(KVMTimeline(reader), watched)
            var found: [ByteChange] = []
            while let change = try search.next() { found.append(change.asOracle) }
            #expect(found == oracle.changes[address] ?? [], "address \(address)")
        }
    }

    private static func check(_ reader: TraceReader, seed: UInt64) throws {
        let oracle = try SteppingOracle<KVMProcessor>(reader)
        var generator = SeededGenerator(seed: seed)
        #expect(!oracle.changes.isEmpty)
        for _ in 0..<samples {
            let address = try #require(oracle.interesting.randomElement(using: &generator))
            let limit = try #require(oracle.moments.randomElement(using: &generator))
            let watched = WatchedMemory(physical: GuestPhysicalAddress(address), count: 1)
            var search = try WriteSearch(KVMTimeline(reader), watched)
            let found = try search.last(before: limit)
            #expect(found?.asOracle == oracle.last(of: address, before: limit), "address \(address) before \(limit)")
        }
    }

    /// A page that is written and becomes again what it was is listed, so that the search does not pass over it.
    @Test func aChangeThatIsUndoneInTheSameEpochIsFound() throws {
        let reader = try Recording.make(Self.undoing)
        let page = GuestPhysicalAddress(0x5000)
        var search = try WriteSearch(KVMTimeline(reader), WatchedMemory(physical: page, count: 1))

        let found = try #require(try search.last(before: MomentName.end.moment(in: reader)))

        #expect(found.new == [0])
        #expect(found.cause.instructionAddress == 0x7C07)
        #expect(try reader.keyframe(reader.keyframeCount - 1).changedPages.contains(page))
    }

    @Test func pagesThatNoKeyframeListsAreNotSearchedFor() throws {
        let reader = try Recording.make(.named("port-storm"), keyframeInterval: 100)
        let untouched = WatchedMemory(physical: GuestPhysicalAddress(0x9000), count: 8)
        var search = try WriteSearch(KVMTimeline(reader), untouched)
        let end = try MomentName.end.moment(in: reader)
        let inside = Moment(event: EventOrdinal(end.event.rawValue - 150))

        for number in 0..<reader.keyframeCount - 1 {
            let isWritten = try search.isWritten(inEpoch: number, until: inside)
            let moment = search.timeline.moment
            #expect(!isWritten)
            #expect(moment == nil, "nothing was executed")
        }
        #expect(try search.last(before: end) == nil)
    }

    @Test func tracesWhoseKeyframesDoNotListEveryWriteAreExecuted() throws {
        let reader = try Recording.make(Self.undoing)
        let directory = try TemporaryDirectory()
        var changes = TraceChanges()
        changes.header = { $0.listsWrittenPages = false }
        let old = try reader.copy(to: directory.file("old.rrvm"), changes: changes)
        let watched = WatchedMemory(physical: GuestPhysicalAddress(0x5000), count: 1)
        var search = try WriteSearch(KVMTimeline(old), watched)

        let found = try #require(try search.last(before: MomentName.end.moment(in: old)))

        #expect(!old.header.listsWrittenPages)
        #expect(found.cause.instructionAddress == 0x7C07)
    }

    /// mov byte [0x5000], 5; out 0x80, al; mov byte [0x5000], 0; out 0x80, al; mov al, 0; out 0xF4, al
    private static let undoing: [UInt8] = [
        0xC6, 0x06, 0x00, 0x50, 0x05, 0xE6, 0x80, 0xC6, 0x06, 0x00, 0x50, 0x00, 0xE6, 0x80, 0xB0, 0x00, 0xE6, 0xF4,
    ]

    @Test func anInstructionThatOverwritesItselfIsShownAsItWas() throws {
        // mov byte [0x7C00], 0x90; mov al, 0; out 0xF4, al
        let reader = try Recording.make([0xC6, 0x06, 0x00, 0x7C, 0x90, 0xB0, 0x00, 0xE6, 0xF4])
        let watched = WatchedMemory(physical: GuestPhysicalAddress(0x7C00), count: 1)
        var search = try WriteSearch(KVMTimeline(reader), watched)

        let found = try #require(try search.last(before: MomentName.end.moment(in: reader)))

        #expect(found.cause.instructionAddress == 0x7C00)
        #expect(found.description.contains("mov byte ptr [0x7C00], 0x90"), "\(found)")
    }

    @Test func anInterruptsPushIsTheDeliverysAndNotTheInterruptedInstructions() throws {
        let reader = try Recording.make(.named("racy"), maximumEvents: 60)
        let interrupt = try #require(try reader.ordinals { $0.event.kind == .interrupt }.first)
        let frame = WatchedMemory(physical: GuestPhysicalAddress(0x7BFA), count: 6)
        var search = try WriteSearch(KVMTimeline(reader), frame)

        let found = try #require(try search.last(before: Moment(event: interrupt, instructions: 5)))

        #expect(found.moment == Moment(event: interrupt, instructions: 1))
        #expect(found.cause.event == interrupt)
        #expect(found.description.contains("delivery of event \(interrupt)"), "\(found)")
    }

    @Test func theInstructionAndTheBytesAreNamed() throws {
        // mov byte [0x600], 5; out 0x80, al; mov word [0x5FF], 0x0607; out 0x80, al; mov al, 0; out 0xF4, al
        let reader = try Recording.make([
            0xC6, 0x06, 0x00, 0x06, 0x05, 0xE6, 0x80, 0xC7, 0x06, 0xFF, 0x05, 0x07, 0x06, 0xE6, 0x80, 0xB0, 0x00, 0xE6,
            0xF4,
        ])
        let watched = WatchedMemory(physical: GuestPhysicalAddress(0x600), count: 2)
        var search = try WriteSearch(KVMTimeline(reader), watched)
        var changes: [MemoryChange] = []

        while let change = try search.next() { changes.append(change) }

        #expect(changes.map(\.old) == [[0, 0], [5, 0]])
        #expect(changes.map(\.new) == [[5, 0], [6, 0]])
        #expect(changes.map { $0.cause.instructionAddress } == [0x7C00, 0x7C07])
    }

    @Test func aStretchAcrossPagesIsWatchedInBoth() {
        let watched = WatchedMemory(physical: GuestPhysicalAddress(0x1FFE), count: 4)

        #expect(watched.pages == [GuestPhysicalAddress(0x1000), GuestPhysicalAddress(0x2000)])
        #expect(watched.pieces.map(\.count) == [2, 2])
    }
}

extension MemoryChange {
    /// As the oracle says it.
    fileprivate var asOracle: ByteChange {
        let writer: ByteChange.Writer =
            switch cause {
            case .instruction(let line), .access(_, let line): .instruction(line?.instruction.address.rawValue ?? .max)
            case .event(let event), .delivery(let event), .deliveryOrInstruction(let event): .event(event.ordinal)
            case .unknown: .instruction(.max)
            }
        return ByteChange(moment: moment, writer: writer)
    }
}
