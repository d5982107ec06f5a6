import ByteCoding
import Testing
import X86

@testable import TraceFormat

/// Which exits of a chunk a reader need not check one by one.
@Suite struct SoundExitTests {
    private static func write(_ value: UInt64, to port: UInt32, time: UInt32 = 0) -> EventRecord {
        var record = EventRecord(kind: Event.Kind.portWrite.rawValue, rip: 0x1000, time: time)
        (record.detail, record.key, record.value) = (1, port, value)
        return record
    }

    private static func chunk(_ records: [EventRecord]) throws -> EventChunk {
        var encoder = EventChunkEncoder()
        let bytes = encoder.encode(records, payload: [])
        var chunk = EventChunk()
        try chunk.decode(bytes.rawSpan, count: records.count)
        return chunk
    }

    @Test(arguments: [0xFF, 0x100, 0x1FF, 1 << 40, .max] as [UInt64])
    func aValueThatDoesNotFitSpoilsItsShapeOnly(value: UInt64) throws {
        var records = (0..<100).map { Self.write(UInt64($0), to: $0 % 2 == 0 ? 0x3F8 : 0x2F8) }
        records[50].value = value

        let chunk = try Self.chunk(records)

        for place in records.indices {
            #expect(chunk.isSoundExit(place) == (value <= 0xFF || place % 2 == 1))
            let event = try? chunk.record(place).event(payload: RawSpan())
            #expect((event != nil) == (value <= 0xFF || place != 50), "the fault is still found at its event")
        }
        let exits = chunk.plainExits(from: 0, before: 100, within: 0, of: 0)
        #expect(exits == (value <= 0xFF ? 100 : 0))
    }

    @Test func fieldsThatAnEventDoesNotUseMakeItUnsound() throws {
        for change in [{ $0.address = 1 }, { $0.auxiliary = 1 }, { $0.flags = 2 }] as [(inout EventRecord) -> Void] {
            var record = Self.write(0, to: 0x3F8)
            change(&record)
            #expect(try !Self.chunk([record]).isSoundExit(0))
        }
    }

    @Test func exitsAreTakenUpToATimeOrOneThatMayEndTheRun() throws {
        var records = (0..<50).map { Self.write(0, to: 0x3F8, time: 10 * UInt32($0)) }
        #expect(try Self.chunk(records).plainExits(from: 0, before: 50, within: 100, of: 0) == 11)
        #expect(try Self.chunk(records).plainExits(from: 20, before: 50, within: 100, of: 190) == 10)
        #expect(try Self.chunk(records).plainExits(from: 0, before: 5, within: 100, of: 0) == 5)

        records[3].key = 0x64
        #expect(try Self.chunk(records).plainExits(from: 0, before: 50, within: 1000, of: 0) == 3)
        records[3] = EventRecord(.halt, rip: 1, time: 30, payload: 0)
        #expect(try Self.chunk(records).plainExits(from: 0, before: 50, within: 1000, of: 0) == 3)
        records[3] = EventRecord(.interrupt(vector: 0x20), rip: 0, time: 30, payload: 0)
        #expect(try Self.chunk(records).plainExits(from: 0, before: 50, within: 1000, of: 0) == 3)
    }
}
