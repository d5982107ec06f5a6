import ByteCoding
public import Engines
import Foundation
import GuestImages
import Machine
public import Recorder
import Replayer
import SystemPackage
public import TraceFormat

/// One recorded run of a guest.
public struct Recording: Sendable {
    /// The guest.
    public let guest: TestGuest
    /// The trace. Its file has been unlinked, so nothing has to be cleaned up.
    public let reader: TraceReader
    /// What the recorder said.
    public let summary: RunSummary
    /// What the guest showed.
    public let console: [UInt8]

    /// Records a run.
    ///
    /// - Parameters:
    ///   - engine: what executes it.
    ///   - keyframes: how often the whole state is recorded.
    ///   - chaosSeed: varies the schedule, if given.
    ///   - link: what the guest's network interface is connected to, instead of its scripted peer.
    public init(
        of guest: TestGuest,
        on engine: EngineChoice = .kvm,
        keyframes: KeyframePolicy = KeyframePolicy(),
        chaosSeed: UInt64? = nil,
        link: (any HostLink)? = nil
    ) throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("trace.rrvm")
        var setup = RunSetup(limits: guest.limits, date: 1_700_000_000, keyframes: keyframes, chaosSeed: chaosSeed)
        setup.engine = engine
        setup.clock = guest.clock
        setup.resets = guest.resets
        setup.unikernel = try guest.unikernelSetup()
        if let name = guest.unikernel?.interface, let link { setup.unikernel.links[name] = link }
        setup.unikernel.coreDirectory = guest.coreDirectory
        try guest.connect(to: &setup, in: directory)
        if let link { setup.network?.link = link }
        try self.init(of: guest, setup, to: path, console: directory.file("console"))
    }

    private init(of guest: TestGuest, _ setup: RunSetup, to path: FilePath, console: FilePath) throws {
        let configuration = try guest.configuration()
        let descriptor = try FileDescriptor.open(
            console,
            .writeOnly,
            options: [.create, .exclusiveCreate],
            permissions: .ownerReadWrite
        )
        defer { try? descriptor.close() }
        self.guest = guest
        var setup = setup
        setup.consoleDescriptor = descriptor.rawValue
        summary = try Session.record(
            configuration,
            guest: TraceHeader.Guest(
                name: guest.description,
                options: guest.arguments,
                imageSize: UInt64(configuration.image.bytes.count),
                imageDigest: Digest128(hashing: configuration.image.bytes.rawSpan)
            ),
            recorder: "tests",
            to: [path],
            setup: setup
        )
        reader = try TraceReader(path: path)
        self.console = try [UInt8](Data(contentsOf: URL(filePath: console.string)))
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
