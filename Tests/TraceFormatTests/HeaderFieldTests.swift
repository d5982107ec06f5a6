import ByteCoding
import EndToEnd
import Foundation
import Platform
import SystemPackage
import Testing
import X86

@testable import TraceFormat

/// The header's fields of version 3, and what stands for them in older traces.
@Suite struct HeaderFieldTests {
    @Test(arguments: BootProtocol.allCases)
    func everyWayToStartComesBack(boot: BootProtocol) throws {
        try Self.expectBack { $0.setup.boot = boot }
    }

    @Test func everyEngineClockAndInterfaceComesBack() throws {
        for engine in RecordingEngine.allCases { try Self.expectBack { $0.recording.engine = engine } }
        for clock in ClockPolicy.allCases { try Self.expectBack { $0.setup.clock = clock } }
        for interface in DriveInterface.allCases {
            try Self.expectBack { $0.setup.drives = [TraceHeader.Drive(name: "a", interface: interface)] }
        }
    }

    @Test func whatIsNotKnownComesBackAsThat() throws {
        try Self.expectBack { header in
            header.recording = TraceHeader.Recording()
            header.setup = TraceHeader.Setup()
            (header.trapped, header.trapPort, header.listsWrittenPages) = ([], nil, false)
        }
    }

    /// A byte of the fields, counted from their beginning, with a number that means nothing.
    @Test(arguments: [
        (0, 2, "recording engine"), (6, 2, "flag"), (7, 2, "flag"), (8, 8, "boot protocol"), (9, 2, "clock"),
        (10, 2, "flag"), (13, 2, "interface of a drive"), (14, 2, "flag"), (15, 0x40, "trapped instructions"),
        (16, 2, "flag"), (17, 2, "flag"),
    ])
    func aNumberThatMeansNothingIsRefused(place: Int, value: UInt8, field: String) throws {
        var payload = Self.plain.encoded(symbolCount: 0)
        payload[payload.count - 1 - Self.plainSize + place] = value

        let error = #expect(throws: ByteCodingError.self) { try TraceHeader.decode(payload.rawSpan) }

        #expect("\(error as Any)".contains(field) || field == "flag", "\(error as Any)")
    }

    @Test func fieldsBeyondTheirLimitsAreNotWritten() throws {
        let directory = try TemporaryDirectory()
        let drive = TraceHeader.Drive(name: "a")
        let changes: [(inout TraceHeader) -> Void] = [
            { $0.recording.processor.vendor = "ThirteenBytes" },
            { $0.setup.drives = [TraceHeader.Drive(name: String(repeating: "a", count: 4097))] },
            { $0.setup.drives = [TraceHeader.Drive](repeating: drive, count: 4097) },
        ]
        for change in changes {
            var header = TraceHeader.sample
            change(&header)
            #expect(throws: TraceError.self) { _ = try TraceWriter(path: directory.file("a"), header: header) }
        }
    }

    @Test func aHostileFieldEndsACommandWithStatus65() throws {
        let directory = try EndToEnd.TemporaryDirectory()
        var payload = Self.plain.encoded(symbolCount: 0)
        payload[payload.count - 1 - Self.plainSize] = 2
        let sink = MemorySink()
        var output = try ChunkOutput(sink: sink, identity: 1, synchronizesEveryChunk: false)
        try output.write(.header, payload, count: 1, firstEvent: EventOrdinal(0))
        try sink.save(to: directory.file("a.rrvm"))

        let result = try Command.run("info", "a.rrvm", in: directory)

        #expect(result.status == 65)
        #expect(result.messages.contains("recording engine"), "\(result)")
    }

    // MARK: Older versions

    @Test func olderTracesHaveTheFieldsAsText() throws {
        var old = Self.plain
        old.host.processorModel = "Intel(R) Xeon(R)"
        old.guest.options = [
            "--memory 128", "--boot firmware", "--drive a,b.img,write,if=virtio", "--drive c", "--drive ,write",
            "--clock virtual", "--rtc-base -5", "--boot nothing", "--clock broken", "--rtc-base soon", "--input typed",
        ]
        old.notes = [
            .init(key: "page lists", value: "every page that was written"), .init(key: "trap port", value: "0xe4"),
            .init(key: "trap port", value: "0x1e4"), .init(key: "tsc", value: "native"),
        ]

        let header = try TraceHeader.decode(Self.olderPayload(of: old).rawSpan, version: 2).header

        #expect(header.recording.engine == .kvm && !header.recording.countsInstructions)
        #expect(header.recording.processor == ProcessorModel(vendor: "GenuineIntel"))
        #expect(header.setup.boot == .firmware && header.setup.startsInFirmware)
        #expect(header.setup.clock == .virtual && header.setup.clockDate == -5)
        #expect(
            header.setup.drives == [
                TraceHeader.Drive(name: "a,b.img", interface: .virtio, isWritable: true), TraceHeader.Drive(name: "c"),
                TraceHeader.Drive(name: "", isWritable: true),
            ]
        )
        let left = ["--memory 128", "--boot nothing", "--clock broken", "--rtc-base soon", "--input typed"]
        #expect(header.guest.options == left)
        #expect(header.listsWrittenPages && header.trapPort == 0xE4 && header.trapped == [.rdtscp])
        #expect(header.notes.map(\.value) == ["0x1e4", "native"])
    }

    @Test func olderTracesWithoutSuchTextHaveWhatIsUsual() throws {
        var old = Self.plain
        old.host.processorModel = "a processor"
        (old.guest.options, old.notes) = ([], [])

        let header = try TraceHeader.decode(Self.olderPayload(of: old).rawSpan, version: 1).header

        #expect(header.recording == TraceHeader.Recording())
        #expect(header.setup == TraceHeader.Setup())
        #expect(header.trapped == Set(HiddenInstruction.allCases))
        #expect(header.trapPort == nil && !header.listsWrittenPages)
    }

    @Test(arguments: IndependentReader.goldenTraces)
    func goldenTracesSayHowTheyWereMade(trace: String) throws {
        let header = try TraceReader(path: FilePath(trace)).header

        #expect(header.setup.boot == (header.machine.board == BoardName.unikernel ? .hvt : .flat))
        #expect(header.recording.engine == .kvm)
        #expect(header.recording.processor.vendor == "AuthenticAMD")
        #expect(!header.guest.options.contains { $0.hasPrefix("--boot") })
        #expect(header.commandLine.first?.hasPrefix("--boot ") == true)
    }

    // MARK: Parts

    /// A header whose fields of version 3 are small: a drive without a name, and nothing that is optional but the boot.
    private static var plain: TraceHeader {
        var header = TraceHeader.sample
        header.recording = TraceHeader.Recording()
        header.setup = TraceHeader.Setup(boot: .flat, drives: [TraceHeader.Drive(name: "")])
        (header.trapped, header.trapPort, header.listsWrittenPages) = ([], nil, false)
        return header
    }

    /// Bytes of its fields of version 3.
    private static let plainSize = 18

    /// A header chunk's payload as it was before version 3.
    private static func olderPayload(of header: TraceHeader) -> [UInt8] {
        var payload = header.encoded(symbolCount: 0)
        payload.removeSubrange(payload.count - 1 - plainSize..<payload.count - 1)
        return payload
    }

    private static func expectBack(_ change: (inout TraceHeader) -> Void) throws {
        var header = TraceHeader.sample
        change(&header)
        let (decoded, symbols) = try TraceHeader.decode(header.encoded(symbolCount: 3).rawSpan)
        #expect(decoded == header)
        #expect(symbols == 3)
    }
}
