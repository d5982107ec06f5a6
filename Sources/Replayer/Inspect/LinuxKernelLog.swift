internal import TraceFormat
internal import X86

/// The messages that a running Linux kernel keeps in memory, as `dmesg` shows them: the ring of records of kernels since 5.10, found
/// and laid out as the note for debuggers says (Linux, kernel/printk/printk_ringbuffer.h and
/// Documentation/admin-guide/kdump/vmcoreinfo.rst).
public struct LinuxKernelLog {
    /// One message, of one line or more.
    public struct Message: Hashable, Sendable {
        /// Nanoseconds since the kernel started.
        public var time: UInt64
        /// The text.
        public var text: String
    }

    /// Why there are no messages to show.
    public enum Failure: Error, Hashable, CustomStringConvertible {
        /// The note does not say where they are, or not all of it.
        case noteLacks(String)
        /// The kernel's memory cannot be read at this moment, at this address.
        case notMapped(UInt64)
        /// What is there is not such a ring.
        case notARing

        /// One line without a final full stop.
        public var description: String {
            switch self {
            case .noteLacks(let name):
                "the kernel's note for debuggers lacks \(name): kernels before 5.10 keep their messages otherwise"
            case .notMapped(let address):
                "the kernel's memory at 0x\(String(address, radix: 16)) is not mapped at this moment: choose one in the kernel"
            case .notARing: "the kernel's messages are not laid out as its note for debuggers says"
            }
        }
    }

    /// The messages, the oldest first.
    public private(set) var messages: [Message] = []

    /// The most records and bytes of text that a ring may have: those of the largest `log_buf_len`, 2 GiB.
    private static let mostBits: UInt64 = 31
    /// The most records that are read.
    private static let mostRecords = 1 << 20
    /// The two upper bits of a record's state say whether it is complete; the rest are its number.
    private static let stateShift: UInt64 = 62
    private static let numberMask: UInt64 = 1 << stateShift - 1

    /// Reads the messages.
    public init(_ note: LinuxCrashNote, in view: inout some MachineView) throws {
        let ring = try Self.word(try Self.symbol("prb", note), &view)
        let records = ring &+ (try Self.offset("printk_ringbuffer.desc_ring", note))
        let texts = ring &+ (try Self.offset("printk_ringbuffer.text_data_ring", note))
        let bits = try Self.number(records &+ (try Self.offset("prb_desc_ring.count_bits", note)), 4, &view)
        let textBits = try Self.number(texts &+ (try Self.offset("prb_data_ring.size_bits", note)), 4, &view)
        guard (1...Self.mostBits).contains(bits), (1...Self.mostBits).contains(textBits) else { throw Failure.notARing }
        let layout = try Layout(
            note,
            records: Self.word(records &+ Self.offset("prb_desc_ring.descs", note), &view),
            infos: Self.word(records &+ Self.offset("prb_desc_ring.infos", note), &view),
            texts: Self.word(texts &+ Self.offset("prb_data_ring.data", note), &view),
            textSize: 1 << textBits
        )
        let last = try Self.word(records &+ (try Self.offset("prb_desc_ring.head_id", note)), &view) & Self.numberMask
        var number = try Self.word(records &+ (try Self.offset("prb_desc_ring.tail_id", note)), &view) & Self.numberMask
        for _ in 0..<min(1 << Int(bits), Self.mostRecords) {
            if let message = try Self.message(number, at: number & (1 << bits - 1), layout, &view) {
                messages.append(message)
            }
            if number == last { break }
            number = (number + 1) & Self.numberMask
        }
    }

    /// Where the parts of a record are.
    private struct Layout {
        var records, infos, texts, textSize: UInt64
        var recordSize, state, begin, next: UInt64
        var infoSize, time, length: UInt64

        init(_ note: LinuxCrashNote, records: UInt64, infos: UInt64, texts: UInt64, textSize: UInt64) throws {
            (self.records, self.infos, self.texts, self.textSize) = (records, infos, texts, textSize)
            recordSize = try LinuxKernelLog.size("prb_desc", note)
            state = try LinuxKernelLog.offset("prb_desc.state_var", note)
            let place = try LinuxKernelLog.offset("prb_desc.text_blk_lpos", note)
            begin = place &+ (try LinuxKernelLog.offset("prb_data_blk_lpos.begin", note))
            next = place &+ (try LinuxKernelLog.offset("prb_data_blk_lpos.next", note))
            infoSize = try LinuxKernelLog.size("printk_info", note)
            time = try LinuxKernelLog.offset("printk_info.ts_nsec", note)
            length = try LinuxKernelLog.offset("printk_info.text_len", note)
        }
    }

    /// A record's message; nil if it is not complete, or has no text.
    private static func message(
        _ number: UInt64,
        at index: UInt64,
        _ layout: Layout,
        _ view: inout some MachineView
    ) throws -> Message? {
        let record = layout.records &+ index &* layout.recordSize
        let state = try word(record &+ layout.state, &view)
        // Committed or finalized, and not used again meanwhile.
        guard (1...2).contains(state >> stateShift), state & numberMask == number else { return nil }
        var begin = try word(record &+ layout.begin, &view)
        let next = try word(record &+ layout.next, &view) & (layout.textSize - 1)
        // An odd place is that of a record without text.
        guard begin & 1 == 0 else { return nil }
        begin &= layout.textSize - 1
        // A text that does not fit at the end of the ring is at its beginning.
        if begin > next { begin = 0 }
        begin += UInt64(wordSize)
        let info = layout.infos &+ index &* layout.infoSize
        let length = try self.number(info &+ layout.length, 2, &view)
        guard begin <= next else { return nil }
        let bytes = try read(layout.texts &+ begin, Int(min(length, next - begin)), &view)
        return Message(time: try word(info &+ layout.time, &view), text: String(decoding: bytes, as: UTF8.self))
    }

    // MARK: Reading

    private static let wordSize = 8

    private static func symbol(_ name: String, _ note: LinuxCrashNote) throws -> UInt64 {
        guard let value = note.number("SYMBOL(\(name))") else { throw Failure.noteLacks(name) }
        return value
    }

    private static func offset(_ name: String, _ note: LinuxCrashNote) throws -> UInt64 {
        guard let value = note.decimal("OFFSET(\(name))") else { throw Failure.noteLacks(name) }
        return value
    }

    private static func size(_ name: String, _ note: LinuxCrashNote) throws -> UInt64 {
        guard let value = note.decimal("SIZE(\(name))") else { throw Failure.noteLacks(name) }
        return value
    }

    private static func word(_ address: UInt64, _ view: inout some MachineView) throws -> UInt64 {
        try number(address, wordSize, &view)
    }

    private static func number(_ address: UInt64, _ count: Int, _ view: inout some MachineView) throws -> UInt64 {
        try read(address, count, &view).littleEndian
    }

    private static func read(_ address: UInt64, _ count: Int, _ view: inout some MachineView) throws -> [UInt8] {
        let bytes = try view.read(GuestVirtualAddress(address), count: count)
        guard bytes.count == count else { throw Failure.notMapped(address) }
        return bytes
    }
}

extension LinuxKernelLog.Message: CustomStringConvertible {
    /// As `dmesg` shows it: seconds, and further lines below the first.
    public var description: String {
        let microseconds = "\(time / 1000 % 1_000_000)"
        let seconds = "\(time / 1_000_000_000)"
        let margin = String(repeating: " ", count: max(0, 5 - seconds.count))
        let zeros = String(repeating: "0", count: 6 - microseconds.count)
        let stamp = "[\(margin)\(seconds).\(zeros)\(microseconds)] "
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return stamp + lines.joined(separator: "\n" + String(repeating: " ", count: stamp.count))
    }
}
