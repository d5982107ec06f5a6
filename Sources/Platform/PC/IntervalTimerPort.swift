/// The 8254 interval timer's ports.
public enum IntervalTimerPort: UInt16, CaseIterable, Sendable {
    /// The count of counter 0.
    case counter0 = 0x40
    /// The count of counter 1.
    case counter1 = 0x41
    /// The count of counter 2.
    case counter2 = 0x42
    /// Control word, counter latch and read-back commands; not readable.
    case control = 0x43

    /// Whether a byte written to ``control`` latches counts or states and programs nothing: a counter latch command has bits
    /// 4 and 5 clear, the read-back command bits 6 and 7 set.
    public static func latches(_ command: UInt8) -> Bool { command >> 4 & 3 == 0 || command >> 6 == 3 }
}
