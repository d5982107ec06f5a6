import ByteCoding
import SystemPackage
import TestBasics
import Testing
import X86

@testable import TraceFormat

/// Sizes on disk. They do not depend on the machine, except for how many events the writer finds when it wakes: smaller
/// chunks pack a little worse. The limits leave room for that.
@Suite struct SizeTests {
    static let count = 1_000_000

    /// Bytes an event in a trace of a million.
    private func bytesPerEvent(_ event: (UInt64, inout SeededGenerator) -> (Event, rip: UInt64)) throws -> Double {
        var generator = SeededGenerator(seed: 11)
        var writer = try TraceWriter(sink: MemorySink(), header: .sample)
        for index in 0..<UInt64(Self.count) {
            let (event, rip) = event(index, &generator)
            writer.append(event, rip: rip, time: UInt32(index / 100))
        }
        let summary = try writer.finish(.halted, time: 0)
        return Double(summary.byteCount) / Double(Self.count)
    }

    /// Random ports and random data, which nothing can predict: 5.6 bits for the port and 8 for the byte are the least
    /// that any format needs.
    @Test func randomPortsWithRandomDataTakeLessThanTwoBytes() throws {
        let size = try bytesPerEvent { _, generator in
            let number = generator.next()
            let place = UInt16(number % 48)
            let access = PortAccess(
                port: Port(0x60 + 7 * place),
                size: .byte,
                value: UInt32(truncatingIfNeeded: number >> 40) & 0xFF
            )
            return (place % 3 == 0 ? .portWrite(access) : .portRead(access), rip: 0xF_0000 + 37 * UInt64(place))
        }
        #expect(size < 2, "measured: 1.85")
    }

    /// Select a register, read it, read a counter: the counter's values are all that is new.
    @Test func aPollingLoopTakesLessThanOneByte() throws {
        let size = try bytesPerEvent { index, _ in
            switch index % 3 {
            case 0: (.portWrite(PortAccess(port: Port(0x70), size: .byte, value: 0xA)), rip: 0x7C10)
            case 1: (.portRead(PortAccess(port: Port(0x71), size: .byte, value: 0x26)), rip: 0x7C12)
            default:
                (.portRead(PortAccess(port: Port(0x40), size: .byte, value: UInt32(index * 7) & 0xFF)), rip: 0x7C20)
            }
        }
        #expect(size < 0.1, "measured: 0.02")
    }

    @Test func aPageWithOneChangedLineTakesLessThanAHundredBytesMore() throws {
        let sizes = try [0, 1].map { changes in
            let sink = MemorySink()
            var writer = try TraceWriter(sink: sink, header: .sample)
            var generator = SeededGenerator(seed: 12)
            var page = (0..<4096).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            writer.addPage(GuestPhysicalAddress(0), page.rawSpan)
            writer.appendKeyframe(.synchronous, state: ProcessorState(), digest: .sample, time: 0)
            page[100] ^= UInt8(changes)
            writer.addPage(GuestPhysicalAddress(0), page.rawSpan)
            writer.appendKeyframe(.synchronous, state: ProcessorState(), digest: .sample, time: 0)
            return try writer.finish(.halted, time: 0).byteCount
        }
        #expect(sizes[1] - sizes[0] < 200)
    }
}
