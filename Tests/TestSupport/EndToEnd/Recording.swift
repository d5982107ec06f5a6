import ByteCoding
import Digest
import Foundation
import Machine
public import Recorder
import Replayer
import SystemPackage
public import TraceFormat

/// One recorded run of a guest.
public struct Recording: Sendable {
    /// Whose.
    public let guest: TestGuest
    /// The trace. Its file is gone by name, so that nothing has to be cleaned up.
    public let reader: TraceReader
    /// What the recorder said.
    public let summary: RunSummary
    /// What the guest showed.
    public let console: [UInt8]

    /// Records a run.
    public init(of guest: TestGuest) throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("trace.rrvm")
        var setup = RunSetup(limits: guest.limits, date: 1_700_000_000)
        try guest.connect(to: &setup, in: directory)
        try self.init(of: guest, to: path, console: directory.file("console"), setup)
    }

    private init(of guest: TestGuest, to path: FilePath, console: FilePath, _ setup: RunSetup) throws {
        let configuration = try guest.configuration()
        let descriptor = try FileDescriptor.open(
            console,
            .writeOnly,
            options: [.create, .exclusiveCreate],
            permissions: .ownerReadWrite
        )
        defer { try? descriptor.close() }
        var setup = setup
        setup.consoleDescriptor = descriptor.rawValue
        self.guest = guest
        summary = try Session.record(
            configuration,
            guest: TraceHeader.Guest(
                name: guest.description,
                options: guest.arguments,
                imageSize: UInt64(configuration.image.bytes.count),
                imageDigest: Digest128(hashing: configuration.image.bytes.rawSpan)
            ),
            recorder: "tests",
            to: path,
            setup: setup
        )
        reader = try TraceReader(path: path)
        self.console = try [UInt8](Data(contentsOf: URL(filePath: console.string)))
    }

    /// What a replay can show of that.
    public var replayableConsole: [UInt8] {
        get throws { guest.tracesItsText ? console : try events.compactMap(\.event.consoleByte) }
    }

    /// Every event of the trace.
    public var events: [RecordedEvent] {
        get throws { try reader.allEvents() }
    }
}

extension TraceReader {
    /// Every event of the trace.
    public func allEvents() throws(TraceError) -> [RecordedEvent] {
        var all: [RecordedEvent] = []
        var cursor = events()
        while let event = try cursor.next() { all.append(event) }
        return all
    }
}
