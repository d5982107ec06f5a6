import EndToEnd
import Engine
import Engines
import GuestImages
import GuestMemory
import Recorder
import SoftEngine
import Testing
import TraceFormat
import X86

@testable import Replayer

/// Two engines side by side: a planted fault is found at its instruction. Only one of these tests needs KVM.
@Suite struct LockstepTests {
    /// Behind an instruction of the main loop of the guest `racy`, in its fifth round.
    private enum RegisterFlip: Flip {
        static let place: UInt64 = 0x7C4F
        static func isDue(_ registers: [UInt64]) -> Bool { registers[3] == 5 }
        static func change(_ state: inout ProcessorState, _ memory: GuestMemory) { state[.rsi] ^= 1 << 13 }
    }

    private enum MemoryFlip: Flip {
        static let place: UInt64 = 0x7C55
        static func isDue(_ registers: [UInt64]) -> Bool { registers[3] == 7 }
        static func change(_ state: inout ProcessorState, _ memory: GuestMemory) {
            try? memory.write([0x40], at: GuestPhysicalAddress(0x9123))
        }
    }

    /// Never.
    private enum NoFlip: Flip {
        static let place: UInt64 = 0
        static func isDue(_ registers: [UInt64]) -> Bool { false }
        static func change(_ state: inout ProcessorState, _ memory: GuestMemory) {}
    }

    @Test func flippedBitOfARegisterIsFound() async throws {
        let reader = try await Self.racy()

        let difference = try #require(try Self.compare(reader, RegisterFlip.self))

        let expected = try Self.moment("rip == 0x7c4f && rbx == 5", in: reader)
        #expect(difference.before == expected)
        #expect(difference.instruction?.instruction.address == GuestVirtualAddress(RegisterFlip.place))
        #expect(difference.found.registers.map(\.field) == ["rsi"])
        #expect(difference.found.pages.isEmpty)
        #expect("\(difference)".hasPrefix("the engines differ at moment "))
    }

    @Test func flippedBitOfMemoryIsFound() async throws {
        let reader = try await Self.racy()

        let difference = try #require(try Self.compare(reader, MemoryFlip.self))

        let expected = try Self.moment("rip == 0x7c55 && rbx == 7", in: reader)
        #expect(difference.before == expected)
        #expect(difference.found.registers.isEmpty)
        #expect(difference.found.pages.map(\.address) == [GuestPhysicalAddress(0x9123)])
        #expect(difference.found.pages.first?.actual.first == 0x40)
    }

    @Test(arguments: ["hello", "pit-ticks", "fw-dma"]) func equalEnginesAreEqual(_ name: String) async throws {
        let reader = try await Self.reader(name)
        var lockstep = try Lockstep(Timeline<SoftProcessor>(reader), Timeline<FlippingProcessor<NoFlip>>(reader))

        let difference = try lockstep.run()

        let compared = lockstep.comparedEvents
        #expect(difference == nil, "\(difference.map { "\($0)" } ?? "")")
        #expect(compared > 10)
    }

    @Test func resultThatTheManualsLeaveOpenIsNamed() throws {
        // mov ax, 8001h; mov cl, 5; shl ax, cl; mov al, 0; out F4h, al
        let code: [UInt8] = [0xB8, 0x01, 0x80, 0xB1, 0x05, 0xD3, 0xE0, 0xB0, 0x00, 0xE6, 0xF4, 0xFA, 0xF4]
        let reader = try Recording(of: TestGuest(code: code), on: .soft).reader
        let directory = try TemporaryDirectory()
        let processors = ["AuthenticAMD", "GenuineIntel"].map { ProcessorModel(vendor: $0) }
        let readers = try processors.map { processor in
            var changes = TraceChanges()
            changes.header = { $0.recording.processor = processor }
            return try reader.copy(to: directory.file("\(processor.vendor).rrvm"), changes: changes)
        }
        var lockstep = try Lockstep(Timeline<SoftProcessor>(readers[0]), Timeline<SoftProcessor>(readers[1]))

        let difference = try #require(try lockstep.run())

        #expect(difference.instruction?.instruction.text.hasPrefix("shl") == true)
        #expect(difference.found.registers.map(\.field) == ["rflags"])
        #expect(
            difference.remarks.contains { $0.hasPrefix("the manuals leave these flags undefined") },
            "\(difference)"
        )
    }

    @Test(.needsKVM) func bothEnginesOfThisHostAreEqual() async throws {
        let reader = try await Self.reader("hello")

        #expect(try EngineChoice.kvm.perform(WithSoftware(reader: reader)) == nil)
    }

    private static func compare<Fault: Flip>(_ reader: TraceReader, _: Fault.Type) throws -> EngineDifference? {
        var lockstep = try Lockstep(Timeline<SoftProcessor>(reader), Timeline<FlippingProcessor<Fault>>(reader))
        return try lockstep.run()
    }

    private static func moment(_ condition: String, in reader: TraceReader) throws -> Moment? {
        var search = try InstructionSearch(Timeline<SoftProcessor>(reader), Condition(condition))
        return try search.first()?.moment
    }

    private static func racy() async throws -> TraceReader { try await reader("racy") }

    private static func reader(_ name: String) async throws -> TraceReader {
        let guest = try #require(TestGuest.included.first { "\($0)" == name })
        var reader = try await RecordingStore.shared.recording(of: guest, on: .soft).reader
        reader.allowsOtherCPUID = true
        return reader
    }
}

/// Compares software with an engine; gives the report if they differ.
private struct WithSoftware: EngineTask {
    let reader: TraceReader

    func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws -> String? {
        var lockstep = try Lockstep(Timeline<SoftProcessor>(reader), Timeline<P>(reader))
        return try lockstep.run().map { "\($0)" }
    }
}
