import ByteCoding
import Digest
import EndToEnd
import Engine
import Foundation
import GuestImages
import Machine
import Recorder
import SystemPackage
import TraceFormat

/// Makes recordings for tests. Their files are gone at once; what has been opened stays readable.
enum Recording {
    /// Records a guest with a keyframe every `keyframeInterval` events.
    static func make(
        _ guest: Guest,
        keyframeInterval: UInt64 = 50,
        maximumEvents: UInt64 = 3000,
        seed: UInt64? = nil
    ) throws -> TraceReader {
        guard guest.unikernel != nil else {
            return try make(
                guest.image,
                at: UInt16(guest.loadAddress),
                name: guest.name,
                keyframeInterval: keyframeInterval,
                maximumEvents: maximumEvents,
                seed: seed
            )
        }
        let test = TestGuest(guest)
        return try make(
            test.configuration(),
            unikernel: test.unikernelSetup(),
            name: guest.name,
            keyframeInterval: keyframeInterval,
            maximumEvents: maximumEvents,
            seed: seed
        )
    }

    /// Records flat code.
    static func make(
        _ image: [UInt8],
        at address: UInt16 = 0x7C00,
        name: String = "test",
        keyframeInterval: UInt64 = 50,
        maximumEvents: UInt64 = 3000,
        seed: UInt64? = nil
    ) throws -> TraceReader {
        var options = BootOptions()
        options.address = UInt64(address)
        let configuration = try MachineConfiguration(
            memorySize: 64 << 20,
            image: GuestImage(bytes: image, bootProtocol: .flat, options: options),
            profile: .baseline
        )
        return try make(
            configuration,
            unikernel: UnikernelSetup(),
            name: name,
            keyframeInterval: keyframeInterval,
            maximumEvents: maximumEvents,
            seed: seed
        )
    }

    private static func make(
        _ configuration: MachineConfiguration,
        unikernel: UnikernelSetup,
        name: String,
        keyframeInterval: UInt64,
        maximumEvents: UInt64,
        seed: UInt64?
    ) throws -> TraceReader {
        var setup = RunSetup(
            limits: RunLimits(seconds: 20, events: maximumEvents, consoleText: nil),
            date: 1_790_000_000,
            keyframes: KeyframePolicy(nanoseconds: nil, events: keyframeInterval),
            chaosSeed: seed
        )
        setup.unikernel = unikernel
        return try withTemporaryFile { path in
            let image = configuration.image.bytes
            _ = try Session.record(
                configuration,
                guest: TraceHeader.Guest(
                    name: name,
                    options: [],
                    imageSize: UInt64(image.count),
                    imageDigest: Digest128(hashing: image.rawSpan)
                ),
                recorder: "tests",
                to: path,
                setup: setup
            )
            return try TraceReader(path: path)
        }
    }

    /// A copy in which some events are others.
    static func copy(
        _ reader: TraceReader,
        changing change: (RecordedEvent) -> RecordedEvent
    ) throws -> TraceReader {
        try withTemporaryFile { path in
            try reader.copy(to: path, changing: change)
            return try TraceReader(path: path)
        }
    }

    /// Lends a name in a directory that is removed afterwards.
    static func withTemporaryFile<Result>(_ body: (FilePath) throws -> Result) throws -> Result {
        let directory = FileManager.default.temporaryDirectory.appending(path: "rr-vm-replayer-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: directory) }
        return try body(FilePath(directory.path).appending("test.rrvm"))
    }
}
