import ByteCoding
import Engine
import GuestMemory
import Platform
import Testing
import X86

@testable import Machine

/// How a unikernel's file becomes a machine, and which files do not.
@Suite struct HVTLoaderTests {
    private static let memory: UInt64 = 8 << 20

    private static func configuration(
        _ unikernel: SampleUnikernel,
        _ options: BootOptions = BootOptions(),
        memory: UInt64 = memory
    ) throws(MachineError) -> MachineConfiguration {
        let image = try GuestImage(bytes: unikernel.bytes, bootProtocol: .hvt, options: options)
        return try MachineConfiguration(memorySize: memory, image: image, profile: .baseline)
    }

    private static func with(_ change: (inout SampleUnikernel) -> Void) -> SampleUnikernel {
        var unikernel = SampleUnikernel()
        change(&unikernel)
        return unikernel
    }

    private static func with(_ manifest: SampleManifest) -> SampleUnikernel {
        with { $0.notes = [.abi(), .manifest(manifest)] }
    }

    @Test func abiNoteSaysHowToBoot() throws {
        #expect(try BootProtocol.detect(SampleUnikernel().bytes) == .hvt)
    }

    @Test func guestStartsAsTheABISays() throws {
        var options = BootOptions()
        options.commandLine = "one two"
        let configuration = try Self.configuration(SampleUnikernel(), options)
        let memory = try GuestMemory(regions: configuration.memoryRegions)

        let state = try configuration.load(into: memory)

        let bytes = try memory.read(at: GuestPhysicalAddress(0x1_0000), count: 40)
        var information = ByteCursor(bytes.rawSpan)
        #expect(try information.read(UInt64.self) == Self.memory)
        #expect(try information.read(UInt64.self) == 0x10_4000)
        #expect(try information.read(UInt64.self) == 1_000_000_000)
        let (line, manifest) = (try information.read(UInt64.self), try information.read(UInt64.self))
        #expect(try memory.read(at: GuestPhysicalAddress(line), count: 8) == Array("one two\0".utf8))
        #expect(try memory.read(at: GuestPhysicalAddress(manifest), count: 8) == [1, 0, 0, 0, 1, 0, 0, 0])
        #expect(state.rip == 0x10_0010)
        #expect(state[.rdi] == 0x1_0000)
        #expect(state[.rsp] == Self.memory - 8)
        #expect(state.control.cr0 & 0x8001_0021 == 0x8001_0021)
        #expect(state.segments.cs.selector == 8)
        #expect(state.idt.limit == 0)
    }

    @Test func lowMemoryIsNotMappedAndWhatTheGuestIsToldCanOnlyBeRead() throws {
        let configuration = try Self.configuration(SampleUnikernel())
        let memory = try GuestMemory(regions: configuration.memoryRegions)
        let state = try configuration.load(into: memory)

        let entries: [UInt64?] = [0, 0xF, 0x10, 0xFF, 0x100, 0x1FF].map { page in
            memory.translate(GuestVirtualAddress(UInt64(page) << 12), in: state)?.rawValue
        }

        #expect(entries == [nil, nil, 0x1_0000, 0xF_F000, 0x10_0000, 0x1F_F000])
        let table = try memory.read(at: GuestPhysicalAddress(0x8000), count: 4096)
        #expect(table[0x10 * 8] & 3 == 1)
        #expect(table[0x100 * 8] & 3 == 3)
    }

    @Test func whatTheProgramCanNotWriteIsMemoryThatCanOnlyBeRead() throws {
        let regions = try Self.configuration(SampleUnikernel()).memoryRegions

        #expect(regions.map(\.address.rawValue) == [0, 0x10_0000, 0x10_2000])
        #expect(regions.map(\.isReadOnly) == [false, true, false])
        #expect(regions.reduce(0) { $0 + $1.size } == Self.memory)
    }

    @Test(arguments: [(1 << 20, 2 << 20), (3 << 20, 2 << 20), (512 << 20, 512 << 20)] as [(UInt64, UInt64)])
    func memoryComesInPieces(asked: UInt64, given: UInt64) throws {
        #expect(try Self.configuration(SampleUnikernel(), memory: asked).memorySize == given)
    }

    @Test func moreMemoryThanTheABIHasIsRefused() {
        #expect(throws: MachineError.self) { try Self.configuration(SampleUnikernel(), memory: 8 << 30) }
    }

    @Test(arguments: [UInt32(1), 2])
    func everyVersionWithTheseStructuresBoots(version: UInt32) {
        let unikernel = Self.with { $0.notes[0] = .abi(version: version) }

        #expect(throws: Never.self) { try Self.configuration(unikernel) }
    }

    private static let malformed: [(String, SampleUnikernel, String)] = [
        ("of 32 bits", with { $0.fileClass = 1 }, ""),
        ("big-endian", with { $0.byteOrder = 2 }, "byte order"),
        ("of another class", with { $0.fileClass = 3 }, "class"),
        ("not executable", with { $0.type = 1 }, "type 1"),
        ("position-independent", with { $0.type = 3 }, "type 3"),
        ("for another processor", with { $0.machine = 183 }, "machine 183"),
        ("for 32-bit x86", with { $0.machine = 3 }, "x86-64"),
        ("of another ELF version", with { $0.version = 2 }, "version 2"),
        ("with a short header", with { $0.headerSize = 52 }, "52"),
        ("with short program headers", with { $0.segmentHeaderSize = 32 }, "32"),
        ("entered outside", with { $0.entry = 0x10_5000 }, "entry point"),
        ("entered at 0", with { $0.entry = 0 }, "entry point"),
        ("entered in the filling of a page", with { $0.entry = 0x10_3900 }, "entry point"),
        ("below 1 MiB", with { $0.segments[0].address = 0xF_F000 }, "lies outside"),
        ("beyond memory", with { $0.segments[2].memorySize = memory }, "lies outside"),
        ("above memory", with { $0.segments[2].address = 0x4000_0000 }, "lies outside"),
        ("wrapping around", with { $0.segments[2].memorySize = .max }, "lies outside"),
        ("at the end of addresses", with { $0.segments[2].address = .max - 0xFFF }, "lies outside"),
        ("wrapping by alignment", with { $0.segments[2].alignment = 1 << 63 }, ""),
        ("not aligned", with { $0.segments[0].alignment = 0 }, "aligned"),
        ("with an alignment that is not a power of two", with { $0.segments[0].alignment = 0x3000 }, "aligned"),
        (
            "not in whole pages",
            with {
                $0.segments[0].alignment = 16; $0.segments[0].address += 16
            }, "whole pages"
        ),
        ("written and executed", with { $0.segments[2].flags = 7 }, "both writable and executable"),
        ("with more in the file than in memory", with { $0.segments[0].memorySize = 0x80 }, "more bytes"),
        ("with content outside the file", with { $0.segments[0].offset = 0x10_0000 }, "segment 0"),
        ("overlapping", with { $0.segments[1].address = 0x10_0000 }, "after the previous segment"),
        ("out of order", with { $0.segments.swapAt(0, 2) }, "after the previous segment"),
        ("with nothing to load", with { $0.segments = [] }, "nothing to load"),
        ("without ABI note", with { $0.notes.removeFirst() }, "no ABI note"),
        ("with two ABI notes", with { $0.notes.append(.abi()) }, "2 ABI notes"),
        ("with an ABI note of another owner", with { $0.notes[0].owner = Array("Xen\0".utf8) }, "no ABI note"),
        ("with a short ABI note", with { $0.notes[0].content.removeLast(4) }, "12 bytes"),
        ("with a long ABI note", with { $0.notes[0].content += [0, 0, 0, 0] }, "20 bytes"),
        ("of another target", with { $0.notes[0] = .abi(target: 2) }, "spt"),
        ("of an unknown target", with { $0.notes[0] = .abi(target: 99) }, "99"),
        ("of version 0", with { $0.notes[0] = .abi(version: 0) }, "version 0"),
        ("of a later version", with { $0.notes[0] = .abi(version: 3) }, "version 3"),
        ("without manifest", with { $0.notes.removeLast() }, "no manifest"),
        ("with two manifests", with { $0.notes.append(.manifest()) }, "2 manifests"),
        ("with notes cut short", with { $0.cutNotes = 30 }, "notes"),
        ("with a note's size cut", with { $0.cutNotes = 130 }, ""),
        ("with an empty manifest", with { $0.notes[1].content = [] }, "manifest"),
        ("with half a manifest", with { $0.notes[1].content.removeLast(50) }, "manifest"),
        ("with a manifest of another version", with(SampleManifest(version: 2)), "version"),
        ("with no entries", with(SampleManifest(entries: [])), "entries"),
        ("with 65 entries", with(SampleManifest(entries: Array(repeating: .init("", type: 1), count: 65))), "manifest"),
        ("with fewer entries than it says", with(SampleManifest(count: 2)), "truncated"),
        (
            "with more entries than it says",
            with(SampleManifest(entries: [.init("", type: 1 << 30), .init("a", type: 1)], count: 1)), "too many"
        ),
        ("with a first entry of its own", with(SampleManifest(entries: [.init("a", type: 1)])), "reserved"),
        ("with a named first entry", with(SampleManifest(entries: [.init("a", type: 1 << 30)])), "reserved"),
        ("with a second reserved entry", with(.with(.init("a", type: 1 << 30))), "second reserved"),
        ("with a device of an unknown type", with(.with(.init("a", type: 3))), "type"),
        ("with a device without a name", with(.with(.init("", type: 1))), "without a name"),
        ("with a name without an end", with(.with(.init(String(repeating: "a", count: 68), type: 1))), "name"),
        ("with a device that is attached", with(.with(.init("a", type: 1, attached: 1))), "attached"),
        ("with a device twice", with(.with(.init("a", type: 1), .init("a", type: 1))), "twice"),
    ]

    @Test(arguments: malformed)
    func malformedUnikernelIsRefused(what: String, unikernel: SampleUnikernel, word: String) throws {
        let error = try #require(throws: MachineError.self) { try Self.configuration(unikernel) }

        #expect(error.blamesTheGuest, "\(error)")
        #expect("\(error)".contains(word), "\(error)")
    }

    @Test func fileCutShortAnywhereIsRefusedWithoutATrap() {
        let whole = SampleUnikernel().bytes
        let results = stride(from: 1, to: whole.count, by: 5).map { count in
            Result { try GuestImage(bytes: Array(whole.prefix(count)), bootProtocol: .hvt) }
                .flatMap { image in
                    Result { try MachineConfiguration(memorySize: Self.memory, image: image, profile: .baseline) }
                }
        }

        #expect(results.allSatisfy { (try? $0.get()) == nil })
    }

    // MARK: Devices

    private static let wishes = SampleManifest.with(.init("data", type: 1), .init("wire", type: 2))
    private static let disk = UnikernelDevice(name: "data", kind: .block(capacity: 0x1_2345_6000, blockSize: 4096))
    private static let wire = UnikernelDevice(name: "wire", kind: .network(address: [2, 3, 4, 5, 6, 7], mtu: 1400))

    private static func attaching(_ attachments: UnikernelDevice...) throws(MachineError) -> MachineConfiguration {
        var options = BootOptions()
        options.attachments = attachments
        return try configuration(with(wishes), options)
    }

    @Test func guestIsToldOfItsDevicesInItsManifest() throws {
        let configuration = try Self.attaching(Self.wire, Self.disk)
        let memory = try GuestMemory(regions: configuration.memoryRegions)
        _ = try configuration.load(into: memory)

        let manifest = try memory.read(at: GuestPhysicalAddress(0x1_0028), count: 8 + 3 * 104)

        #expect(manifest[8 + 96] == 0)
        #expect(Array(manifest[112..<117]) == Array("data\0".utf8))
        #expect(Array(manifest[112 + 72..<112 + 82]) == [0, 0x60, 0x45, 0x23, 1, 0, 0, 0, 0, 0x10])
        #expect(manifest[112 + 96] == 1)
        #expect(Array(manifest[216 + 72..<216 + 80]) == [2, 3, 4, 5, 6, 7, 0x78, 5])
        #expect(manifest[216 + 96] == 1)
        #expect(configuration.unikernel?.devices == [nil, Self.disk, Self.wire])
    }

    @Test func missingDeviceIsNamedWithItsOption() throws {
        let error = try #require(throws: MachineError.self) { try Self.attaching(Self.disk) }

        #expect("\(error)".contains("--net:wire"))
        #expect(!error.blamesTheGuest)
    }

    @Test func deviceThatTheGuestDoesNotAskForIsNamedWithWhatItAsksFor() throws {
        let other = UnikernelDevice(name: "other", kind: Self.disk.kind)

        let error = try #require(throws: MachineError.self) { try Self.attaching(Self.disk, Self.wire, other) }

        #expect("\(error)".contains("--block:other"))
        #expect("\(error)".contains("--block:data --net:wire"))
    }

    @Test func deviceOfTheWrongKindIsRefused() throws {
        let wrong = UnikernelDevice(name: "wire", kind: Self.disk.kind)

        let error = try #require(throws: MachineError.self) { try Self.attaching(Self.disk, wrong) }

        #expect("\(error)".contains("--block:wire"))
    }

    @Test func deviceGivenTwiceIsRefused() throws {
        let error = try #require(throws: MachineError.self) { try Self.attaching(Self.disk, Self.disk, Self.wire) }

        #expect("\(error)".contains("more than once"))
    }

    @Test func longestCommandLineFitsAndALongerOneIsRefused() {
        var options = BootOptions()
        options.commandLine = String(repeating: "a", count: 8191)
        var longer = options
        longer.commandLine += "a"

        #expect(throws: Never.self) { try Self.configuration(SampleUnikernel(), options) }
        #expect(throws: MachineError.self) { try Self.configuration(SampleUnikernel(), longer) }
    }

    @Test func timeStampCounterOfAnUnknownRateIsRefused() throws {
        let image = try GuestImage(bytes: SampleUnikernel().bytes)

        let error = try #require(throws: MachineError.self) {
            try MachineConfiguration(
                memorySize: Self.memory,
                image: image,
                profile: .baseline,
                hiddenReads: HiddenReadPolicy(counters: .native)
            )
        }

        #expect("\(error)".contains("--tsc"))
    }
}
