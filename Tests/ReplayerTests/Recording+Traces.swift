import ByteCoding
import EndToEnd
import Foundation
import GuestImages
import Recorder
import SystemPackage
import TraceFormat

extension Recording {
    /// Records a guest with a keyframe every `keyframeInterval` events, by its own boot protocol.
    static func make(
        _ guest: Guest,
        keyframeInterval: UInt64 = 50,
        maximumEvents: UInt64 = 3000,
        seed: UInt64? = nil
    ) throws -> TraceReader {
        try make(TestGuest(guest), keyframeInterval, maximumEvents, seed)
    }

    /// Records flat code.
    static func make(
        _ code: [UInt8],
        keyframeInterval: UInt64 = 50,
        maximumEvents: UInt64 = 3000
    ) throws -> TraceReader {
        try make(TestGuest(code: code), keyframeInterval, maximumEvents, nil)
    }

    private static func make(
        _ guest: TestGuest,
        _ keyframeInterval: UInt64,
        _ maximumEvents: UInt64,
        _ seed: UInt64?
    ) throws -> TraceReader {
        var guest = guest
        guest.limits.events = maximumEvents
        guest.limits.seconds = 20
        let keyframes = KeyframePolicy(nanoseconds: nil, events: keyframeInterval)
        return try Recording(of: guest, keyframes: keyframes, chaosSeed: seed).reader
    }

    /// A copy in which some events are others.
    static func copy(
        _ reader: TraceReader,
        changing change: (RecordedEvent) -> RecordedEvent
    ) throws -> TraceReader {
        let directory = try TemporaryDirectory()
        try reader.copy(to: directory.file("test.rrvm"), changing: change)
        return try TraceReader(path: directory.file("test.rrvm"))
    }

    /// A copy of the first events, as a recorder leaves it that is killed.
    static func cut(_ reader: TraceReader, before end: EventOrdinal) throws -> TraceReader {
        let directory = try TemporaryDirectory()
        try reader.write(to: directory.file("cut.rrvm"), before: end)
        return try TraceReader(path: directory.file("cut.rrvm.part"))
    }
}

extension TraceReader {
    /// Writes the events before one, and no end.
    fileprivate func write(to path: FilePath, before end: EventOrdinal) throws {
        var writer = try TraceWriter(path: path, header: header)
        try append(before: end, to: &writer)
    }

    /// Appends the events before one to another trace.
    func append(before end: EventOrdinal, to writer: inout TraceWriter) throws {
        var cursor = events()
        while let recorded = try cursor.next(), recorded.ordinal < end {
            switch recorded.event {
            case .keyframe(let number, let position):
                let keyframe = try keyframe(Int(number))
                var memory = keyframe.memory
                for address in keyframe.changedPages {
                    let bytes = try memory.page(at: address)
                    writer.addPage(address, bytes.rawSpan)
                }
                writer.appendKeyframe(position, state: keyframe.state, digest: keyframe.digest, time: recorded.time)
            default: writer.append(recorded.event, rip: recorded.rip, time: recorded.time)
            }
        }
    }
}
