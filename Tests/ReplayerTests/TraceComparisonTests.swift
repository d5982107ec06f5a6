import ByteCoding
import Digest
import Engine
import GuestImages
import TestBasics
import Testing
import TraceFormat
import X86

@testable import Replayer

@Suite(.needsKVM, .slow)
struct TraceComparisonTests {
    private static let guests = [
        "hello", "rep-outs", "mmio", "long-mode", "racy", "tsc-hash", "tick-ring3", "pci-scan",
    ]
    .map(Guest.named)

    @Test(arguments: guests)
    func aTraceDoesNotDifferFromItself(_ guest: Guest) throws {
        let reader = try Recording.make(guest)

        #expect(try TraceComparison(reader, reader).run() == nil)
        #expect(try TraceComparison(reader, reader, ignoring: [.time, .rtc, .tsc]).run() == nil)
    }

    @Test(arguments: [UInt64](1...50))
    func oneChangedInputIsFoundAtItsPlace(_ seed: UInt64) throws {
        try checkPlant(seed)
    }

    @Test(.slow, arguments: [UInt64](51...200))
    func oneChangedInputIsFoundAtItsPlaceMoreOften(_ seed: UInt64) throws {
        try checkPlant(seed)
    }

    private func checkPlant(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let reader = try Self.inputs.get()
        let inputs = try reader.ordinals { if case .portRead = $0.event { true } else { false } }
        let place = try #require(inputs.randomElement(using: &generator))
        let copy = try Recording.copy(reader) { recorded in
            guard recorded.ordinal == place, case .portRead(var access) = recorded.event else { return recorded }
            access.value ^= 1
            var changed = recorded
            changed.event = .portRead(access)
            return changed
        }

        let difference = try #require(try TraceComparison(reader, copy).run())

        #expect(difference.kind == .event)
        #expect(difference.first.event?.ordinal == place)
        #expect(difference.second.event?.ordinal == place)
        #expect(difference.first.input?.ordinal == place)
    }

    /// Two hundred reads of a port, four keyframes in between.
    private static let inputs = Result {
        // mov cx, 200; l: in al, 0x80; out 0x80, al; loop l; mov al, 0; out 0xF4, al
        try Recording.make([0xB9, 0xC8, 0x00, 0xE4, 0x80, 0xE6, 0x80, 0xE2, 0xFA, 0xB0, 0x00, 0xE6, 0xF4])
    }

    @Test func anInterruptAtAnotherInstructionIsFoundWithTheInstructionThatItSplit() throws {
        let first = try Recording.make(.named("racy"), seed: 1)
        let second = try Recording.make(.named("racy"), seed: 2)
        let interrupts = (try first.firstLanding(), try second.firstLanding())
        var difference = try #require(try TraceComparison(first, second).run())

        try difference.examine((first, second))

        #expect(difference.kind == .moment)
        #expect(difference.first.event?.ordinal == interrupts.0.interrupt)
        #expect(difference.second.event?.ordinal == interrupts.1.interrupt)
        let states = (try first.keyframe(interrupts.0.keyframe), try second.keyframe(interrupts.1.keyframe))
        #expect(difference.first.instruction?.instruction.address == states.0.state.instructionAddress)
        #expect(difference.second.instruction?.instruction.address == states.1.state.instructionAddress)
        #expect(difference.first.moment?.event == difference.first.before)
        #expect(!difference.registers.isEmpty)
        #expect("\(difference)".contains("interrupt 0x20"))
    }

    @Test(arguments: [1, 2, 3])
    func oneFlippedBitInAKeyframeIsFoundAtItsAddress(_ number: Int) throws {
        let reader = try Self.inputs.get()
        let address = GuestPhysicalAddress(0x7C00 + 77)
        let copy = try reader.flippingBit(at: address, inKeyframe: number)
        var difference = try #require(try TraceComparison(reader, copy).run())

        try difference.examine((reader, copy))

        #expect(difference.kind == .state)
        #expect(difference.first.keyframe == number)
        #expect(difference.pageCount == 1)
        #expect(difference.pages.first?.address == address)
        #expect(difference.pages.first?.count == 1)
    }

    @Test func ignoredInputsAreLookedPastUntilTheGuestBehavesDifferently() throws {
        let reader = try Recording.make(.named("tsc-hash"), maximumEvents: 100_000)
        let reads = try reader.ordinals { if case .hiddenRead = $0.event { true } else { false } }
        let outputs = try reader.ordinals { $0.event.consoleByte != nil }
        let (input, output) = (try #require(reads.dropFirst(5).first), try #require(outputs.dropFirst(3).first))
        let copy = try Recording.copy(reader) { recorded in
            var changed = recorded
            if recorded.ordinal == input, case .hiddenRead(var read) = recorded.event {
                read.value += 1
                changed.event = .hiddenRead(read)
            } else if recorded.ordinal == output, case .portWrite(var access) = recorded.event {
                access.value ^= 1
                changed.event = .portWrite(access)
            }
            return changed
        }

        let strict = try #require(try TraceComparison(reader, copy).run())
        let lenient = try #require(try TraceComparison(reader, copy, ignoring: [.tsc]).run())

        #expect(strict.first.event?.ordinal == input)
        #expect(lenient.first.event?.ordinal == output)
        #expect(lenient.first.input?.ordinal == input)
    }

    @Test func keyframesAtOtherPlacesAreNoDifference() throws {
        let image: [UInt8] = [0xB9, 0xC8, 0x00, 0xE4, 0x80, 0xE6, 0x80, 0xE2, 0xFA, 0xB0, 0x00, 0xE6, 0xF4]
        let often = try Recording.make(image, keyframeInterval: 7)
        let rarely = try Recording.make(image, keyframeInterval: 60)

        #expect(try TraceComparison(often, rarely).run() == nil)
        #expect(often.eventCount > rarely.eventCount)
    }

    @Test func aTraceThatGoesOnDiffersFromOneThatEnds() throws {
        let long = try Self.inputs.get()
        let short = try Recording.make(
            [0xB9, 0xC8, 0x00, 0xE4, 0x80, 0xE6, 0x80, 0xE2, 0xFA, 0xB0, 0x00, 0xE6, 0xF4],
            maximumEvents: 150
        )

        let difference = try #require(try TraceComparison(long, short).run())

        #expect(difference.kind == .event)
        #expect(difference.second.event?.event.kind == .end)
    }

    @Test func otherImagesDifferInTheHeaderAndAtTheStart() throws {
        let (first, second) = (try Recording.make(.named("hello")), try Recording.make(.named("mmio")))

        let headers = HeaderDifference.all(first.header, second.header)
        let difference = try #require(try TraceComparison(first, second).run())

        #expect(headers.first?.subject == "guest")
        #expect(difference.kind == .state)
        #expect(difference.first.keyframe == 0)
    }
}

extension TraceReader {
    /// The events of which something is true.
    func ordinals(where matches: (RecordedEvent) -> Bool) throws -> [EventOrdinal] {
        var found: [EventOrdinal] = []
        var cursor = events()
        while let recorded = try cursor.next() {
            if matches(recorded) { found.append(recorded.ordinal) }
        }
        return found
    }

    /// The first keyframe between two exits, and the interrupt behind it.
    func firstLanding() throws -> (keyframe: Int, interrupt: EventOrdinal) {
        let entry = try #require(try keyframes.first { $0.position == .asynchronous })
        return (Int(entry.number), EventOrdinal(entry.event.rawValue + 1))
    }

    /// A copy in one keyframe of which one bit of memory is another.
    func flippingBit(at address: GuestPhysicalAddress, inKeyframe changed: Int) throws -> TraceReader {
        let page = GuestPhysicalAddress(address.rawValue & ~0xFFF)
        return try Recording.withTemporaryFile { path in
            var writer = try TraceWriter(path: path, header: header)
            var cursor = events()
            while let recorded = try cursor.next() {
                switch recorded.event {
                case .keyframe(let number, let position):
                    let keyframe = try keyframe(Int(number))
                    var memory = keyframe.memory
                    for pageAddress in Set(keyframe.changedPages).union([page]) {
                        var bytes = try memory.page(at: pageAddress)
                        if pageAddress == page, Int(number) == changed { bytes[Int(address.rawValue & 0xFFF)] ^= 1 }
                        writer.addPage(pageAddress, bytes.rawSpan)
                    }
                    var digest = keyframe.digest
                    if Int(number) == changed { digest.memory.low ^= 1 }
                    writer.appendKeyframe(position, state: keyframe.state, digest: digest, time: recorded.time)
                case .end(let outcome):
                    try writer.finish(outcome, time: recorded.time)
                    return try TraceReader(path: path)
                default: writer.append(recorded.event, rip: recorded.rip, time: recorded.time)
                }
            }
            throw TimelineError.noSuchMoment("the trace has no end")
        }
    }
}
