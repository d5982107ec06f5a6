import ByteCoding
import SystemPackage
import Testing
import X86

@testable import TraceFormat

/// Traces whose chunks and events are good and stand where none may.
@Suite struct OrderTests {
    private static let halt = EventRecord(.halt, rip: 1, time: 0, payload: 0)

    private static func end() -> (record: EventRecord, payload: [UInt8]) {
        let event = Event.end(.halted)
        return (EventRecord(event, rip: 0, time: 0, payload: event.payload().count), event.payload())
    }

    private static func events(_ records: [EventRecord], _ payload: [UInt8] = []) -> [UInt8] {
        var encoder = EventChunkEncoder()
        return encoder.encode(records, payload: payload)
    }

    /// A trace whose first event is its end, and has one more.
    @Test(arguments: [false, true]) func anEventBehindTheEndIsRefused(isEndToo: Bool) throws {
        let directory = try TemporaryDirectory()
        let (end, payload) = Self.end()
        var forged = try ForgedTrace()
        try forged.add(.events, Self.events([end], payload), count: 1, event: 0)
        let second = isEndToo ? Self.events([end], payload) : Self.events([Self.halt])
        try forged.add(.events, second, count: 1, event: 1)
        try forged.save(to: directory.file("a"))
        let reader = try TraceReader(path: directory.file("a"))

        #expect(throws: TraceError.self) { try reader.check() }
        let error = #expect(throws: TraceError.self) { try reader.event(at: EventOrdinal(0)) }
        #expect(error?.description.hasSuffix("events follow the end of the recording") == true, "\(error as Any)")
    }

    @Test func anEndAmongOtherEventsIsRefused() throws {
        let directory = try TemporaryDirectory()
        let (end, payload) = Self.end()
        var forged = try ForgedTrace()
        try forged.add(.events, Self.events([Self.halt, end], payload), count: 2, event: 0)
        try forged.save(to: directory.file("a"))
        let reader = try TraceReader(path: directory.file("a"))

        let error = #expect(throws: TraceError.self) { try reader.event(at: EventOrdinal(0)) }

        #expect(error?.description.hasSuffix("the end is not in a chunk of its own") == true, "\(error as Any)")
    }

    @Test(arguments: [ChunkType.header, .symbols]) func aChunkThatBelongsToNothingIsFound(type: ChunkType) throws {
        let directory = try TemporaryDirectory()
        let header = TraceHeader.sample.encoded(symbolCount: 0)
        let symbol = GuestSymbol(name: "a", address: GuestVirtualAddress(1), size: 0)
        var forged = try ForgedTrace()
        try forged.add(.events, Self.events([Self.halt]), count: 1, event: 0)
        let payload = type == .header ? header : GuestSymbol.chunks(of: [symbol])[0].payload
        try forged.add(type, payload, count: 1, event: 1)
        try forged.save(to: directory.file("a"))

        #expect(throws: TraceError.self) { try TraceReader(path: directory.file("a")).check() }
    }

    @Test func symbolsThatAreMissingAreFound() throws {
        let directory = try TemporaryDirectory()
        var forged = try ForgedTrace(symbolCount: 1)
        try forged.add(.events, Self.events([Self.halt]), count: 1, event: 0)
        try forged.save(to: directory.file("a"))

        let error = #expect(throws: TraceError.self) { try TraceReader(path: directory.file("a")).check() }

        #expect(error?.description.contains("symbols are missing before it") == true, "\(error as Any)")
    }

    /// A keyframe that is said to be at the event behind its own: whoever went there would be past it for ever.
    @Test func aKeyframeAtAnotherEventThanItsOwnIsRefused() throws {
        let directory = try TemporaryDirectory()
        var forged = try ForgedTrace()
        let part = KeyframeRecord.TablePart(firstPage: 1, position: try forged.addTable(pages: [1]))
        try forged.addKeyframe(0, parts: [part], changedPages: 1)
        let record = EventRecord(.keyframe(number: 0, .synchronous), rip: 0, time: 0, payload: 0)
        try forged.add(.events, Self.events([record]), count: 1, event: 1)
        try forged.save(to: directory.file("a"))
        let reader = try TraceReader(path: directory.file("a"))

        #expect(try reader.event(at: EventOrdinal(0)).event.kind == .keyframe)
        let error = #expect(throws: TraceError.self) { try reader.event(at: EventOrdinal(1)) }
        #expect(error?.description.hasSuffix("keyframe 0 is not the one that is there") == true, "\(error as Any)")
    }

    @Test(arguments: [Event.interrupt(vector: 8), .nonMaskableInterrupt])
    func anInstructionPointerWhereNoExitIsIsRefused(event: Event) {
        let record = EventRecord(event, rip: 1, time: 0, payload: 0)
        let nothing: [UInt8] = []

        #expect(throws: (any Error).self) { try record.event(payload: nothing.rawSpan) }
    }
}
