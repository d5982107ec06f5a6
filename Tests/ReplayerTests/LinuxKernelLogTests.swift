import Testing
import TraceFormat
import X86

@testable import Replayer

/// A Linux kernel's messages, in a ring of four records and 64 bytes of text that is laid out by hand.
@Suite struct LinuxKernelLogTests {
    /// A record: its number, its state, where its text is, its time and the text.
    private struct Record {
        var number: UInt64
        var state: UInt64
        var begin: UInt64
        var next: UInt64
        var time: UInt64
        var text: String
    }

    private static let note = """
        OSRELEASE=6.1.0
        SYMBOL(prb)=2000
        OFFSET(printk_ringbuffer.desc_ring)=0
        OFFSET(printk_ringbuffer.text_data_ring)=48
        OFFSET(prb_desc_ring.count_bits)=0
        OFFSET(prb_desc_ring.descs)=8
        OFFSET(prb_desc_ring.infos)=16
        OFFSET(prb_desc_ring.head_id)=24
        OFFSET(prb_desc_ring.tail_id)=32
        SIZE(prb_desc)=24
        OFFSET(prb_desc.state_var)=0
        OFFSET(prb_desc.text_blk_lpos)=8
        OFFSET(prb_data_blk_lpos.begin)=0
        OFFSET(prb_data_blk_lpos.next)=8
        SIZE(printk_info)=88
        OFFSET(printk_info.ts_nsec)=8
        OFFSET(printk_info.text_len)=16
        OFFSET(prb_data_ring.size_bits)=0
        OFFSET(prb_data_ring.data)=8

        """

    private static let regions = [TraceHeader.MemoryRegion(address: GuestPhysicalAddress(0), size: 0x8000)]

    private static func view(_ records: [Record], note: String = note, countBits: UInt64 = 2) -> FixedView {
        var view = FixedView(memory: [UInt8](repeating: 0, count: 0x8000))
        func put(_ value: UInt64, at address: Int) {
            for byte in 0..<8 { view.memory[address + byte] = UInt8(truncatingIfNeeded: value >> UInt64(8 * byte)) }
        }
        put(11, at: 0x1000)
        put(UInt64(note.utf8.count), at: 0x1004)
        view.memory.replaceSubrange(0x100C..<0x1016, with: "VMCOREINFO".utf8)
        view.memory.replaceSubrange(0x1018..<0x1018 + note.utf8.count, with: note.utf8)
        put(0x3000, at: 0x2000)
        let (last, first) = (records.last?.number ?? 0, records.first?.number ?? 0)
        let ring: [UInt64] = [countBits, 0x4000, 0x5000, last, first, 0, 6, 0x6000]
        for (offset, value) in ring.enumerated() {
            put(value, at: 0x3000 + 8 * offset)
        }
        for record in records {
            let index = Int(record.number % 4)
            let values = [record.state << 62 | record.number, record.begin, record.next]
            for (offset, value) in values.enumerated() { put(value, at: 0x4000 + 24 * index + 8 * offset) }
            put(record.time, at: 0x5000 + 88 * index + 8)
            put(UInt64(record.text.utf8.count), at: 0x5000 + 88 * index + 16)
            let wraps = record.begin % 64 > record.next % 64
            let place = 0x6000 + 8 + Int(wraps ? 0 : record.begin % 64)
            guard record.begin % 2 == 0 else { continue }
            view.memory.replaceSubrange(place..<place + record.text.utf8.count, with: record.text.utf8)
        }
        return view
    }

    private static func log(_ view: inout FixedView) throws -> [String] {
        let note = try #require(try LinuxCrashNote(in: &view, regions: regions))
        return try LinuxKernelLog(note, in: &view).messages.map(\.description)
    }

    @Test func messagesAreListedFromTheOldestOn() throws {
        // The ring has gone round: the text of number 6 did not fit at the end.
        var view = Self.view([
            Record(number: 4, state: 2, begin: 80, next: 96, time: 0, text: "Linux 6"),
            Record(number: 5, state: 2, begin: 96, next: 112, time: 1_234_567_890, text: "a\nb"),
            Record(number: 6, state: 1, begin: 120, next: 144, time: 99_000_001_000, text: "wrapped!"),
        ])

        #expect(
            try Self.log(&view) == [
                "[    0.000000] Linux 6", "[    1.234567] a\n               b", "[   99.000001] wrapped!",
            ]
        )
    }

    @Test func recordsThatAreNotCompleteAreLeftOut() throws {
        var view = Self.view([
            Record(number: 0, state: 0, begin: 0, next: 16, time: 0, text: "reserved"),
            Record(number: 1, state: 2, begin: 1, next: 1, time: 0, text: "no text"),
            Record(number: 2, state: 3, begin: 16, next: 32, time: 0, text: "reused"),
            Record(number: 3, state: 2, begin: 32, next: 48, time: 0, text: "whole"),
        ])

        #expect(try Self.log(&view) == ["[    0.000000] whole"])
    }

    @Test func noteWithoutTheRingSaysWhatItLacks() throws {
        var view = Self.view([], note: "OSRELEASE=5.4.0\nSYMBOL(log_buf)=2000\n")

        #expect(throws: LinuxKernelLog.Failure.noteLacks("prb")) { try Self.log(&view) }
    }

    @Test func ringThatCannotBeIsRefused() throws {
        var view = Self.view([], countBits: 40)

        #expect(throws: LinuxKernelLog.Failure.notARing) { try Self.log(&view) }
    }

    @Test func ringOutsideMemoryIsRefused() throws {
        var view = Self.view([], note: Self.note.replacing("SYMBOL(prb)=2000", with: "SYMBOL(prb)=ff00"))

        #expect(throws: LinuxKernelLog.Failure.notMapped(0xFF00)) { try Self.log(&view) }
    }
}
