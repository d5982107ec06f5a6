import ByteCoding
import EndToEnd
import Engine
import Machine
import Platform
import Recorder
import Replayer
import SystemPackage
import Testing
import TraceFormat
import X86

/// A guest that unpacks code which reads the time-stamp counter and prints it, and enters that code in some way.
@Suite(.needsKVM) struct GeneratedCodeTests {
    /// Where RDTSC stands once it is unpacked.
    private static let counter: UInt64 = 0x9028
    private static let key: UInt8 = 0x5A

    /// What enters the code at AX, in two bytes.
    private enum Entry {
        static let jump: [UInt8] = [0xFF, 0xE0]  // jmp ax
        static let push: [UInt8] = [0x50, 0xC3]  // push ax; ret
    }

    private static func image(_ entry: [UInt8]) -> [UInt8] {
        let code: [UInt8] =
            [UInt8](repeating: 0x90, count: 40)
            + [
                0x0F, 0x31,  // rdtsc
                0xE6, 0x80,  // out 0x80, al
                0x88, 0xE0,  // mov al, ah
                0xE6, 0x80,  // out 0x80, al
                0x66, 0xC1, 0xE8, 0x10,  // shr eax, 16
                0xE6, 0x80,  // out 0x80, al
                0xB0, 0x00,  // mov al, 0
                0xE6, 0xF4,  // out 0xF4, al
                0xF4,  // hlt
            ]
        let unpacker: [UInt8] =
            [
                0xE6, 0x80,  // out 0x80, al
                0xBF, 0x00, 0x90,  // mov di, 0x9000
                0xBE, 0x18, 0x7C,  // mov si, the packed code behind this
                0xB9, UInt8(code.count), 0x00,  // mov cx, its size
                0xAC,  // lodsb
                0x34, key,  // xor al, key
                0xAA,  // stosb
                0xE2, 0xFA,  // loop
                0xB8, 0x00, 0x90,  // mov ax, 0x9000
            ] + entry + [0x90, 0x90]
        return unpacker + code.map { $0 ^ key }
    }

    /// Unpacks code into another segment, where it leaves the processor at the same offset as the code before: 80 times, and
    /// then reads the counter.
    private static let imageInTwoSegments: [UInt8] = {
        let code: [UInt8] = [
            0xB9, 0x50, 0x00,  // mov cx, 80
            0xE6, 0x80,  // out 0x80, al
            0xE2, 0xFC,  // loop
            0x0F, 0x31,  // rdtsc
            0xE6, 0x80,  // out 0x80, al
            0xB0, 0x00,  // mov al, 0
            0xE6, 0xF4,  // out 0xF4, al
            0xF4,  // hlt
        ]
        let unpacker: [UInt8] = [
            0xB9, 0x02, 0x00,  // mov cx, 2
            0xE6, 0x80,  // out 0x80, al
            0xE2, 0xFC,  // loop
            0xBF, 0x00, 0x90,  // mov di, 0x9000
            0xBE, 0x1B, 0x7C,  // mov si, the packed code behind this
            0xB9, UInt8(code.count), 0x00,  // mov cx, its size
            0xAC,  // lodsb
            0x34, key,  // xor al, key
            0xAA,  // stosb
            0xE2, 0xFA,  // loop
            0xEA, 0x00, 0x7C, 0x40, 0x01,  // jmp 0x140:0x7C00, which is 0x9000
        ]
        return unpacker + code.map { $0 ^ key }
    }()

    private static func record(_ image: [UInt8], in directory: borrowing TemporaryDirectory) throws -> TraceReader {
        let path = directory.file("trace.rrvm")
        let configuration = try MachineConfiguration(
            memorySize: TestGuest.memorySize,
            image: GuestImage(bytes: image, bootProtocol: .flat),
            profile: .baseline
        )
        let summary = try Session.record(
            configuration,
            guest: TraceHeader.Guest(name: "generated", options: [], imageSize: 0, imageDigest: .zero),
            recorder: "tests",
            to: [path],
            setup: RunSetup(limits: RunLimits(seconds: 60), date: 0)
        )
        #expect(summary.outcome == .exited(code: 0))
        return try TraceReader(path: path)
    }

    @Test func codeThatIsEnteredByAJumpIsTrappedAndReplayed() throws {
        let directory = try TemporaryDirectory()
        let reader = try Self.record(Self.image(Entry.jump), in: directory)
        let events = try reader.allEvents()
        #expect(reader.header.patches.isEmpty)
        #expect(events.count { $0.event.kind == .hiddenRead } == 1)
        #expect(events.count { $0.event.kind == .deviceWrite } == 1)
        for landing in [Landing.auto, .portable] {
            #expect(try Replay(reader, landing: landing).firstDifference == nil)
        }
    }

    @Test func codeAtTheSameOffsetsOfAnotherSegmentIsTrapped() throws {
        let directory = try TemporaryDirectory()
        let reader = try Self.record(Self.imageInTwoSegments, in: directory)
        let events = try reader.allEvents()
        #expect(events.count { $0.event.kind == .portWrite } == 84)
        #expect(events.count { $0.event.kind == .hiddenRead } == 1)
        #expect(try Replay(reader).firstDifference == nil)
    }

    @Test func itsListingShowsTheGuestsOwnInstruction() throws {
        let directory = try TemporaryDirectory()
        let reader = try Self.record(Self.image(Entry.jump), in: directory)
        let last = try reader.keyframe(reader.keyframeCount - 1)
        var view = KeyframeView(last, regions: reader.header.machine.memory)
        let line = try CodeListing(reader).lines(at: GuestVirtualAddress(Self.counter), in: &view, limit: 1).first
        #expect(line?.instruction.text == "rdtsc")
        #expect(line?.isTrapped == true)
    }

    @Test func codeThatIsEnteredUnseenIsNamedByTheDivergence() throws {
        let directory = try TemporaryDirectory()
        let reader = try Self.record(Self.image(Entry.push), in: directory)
        #expect(try reader.allEvents().contains { $0.event.kind == .hiddenRead } == false)
        let divergence = try #require(throws: Divergence.self) { try Replay(reader).result.get() }
        #expect(divergence.cause == "RDTSC at rip 0x9028, not trapped")
    }
}
