/// The ports of the two 8259A interrupt controllers.
public enum InterruptControllerPort: UInt16, CaseIterable, Sendable {
    /// First controller, A0 = 0: ICW1, OCW2 and OCW3; reads IRR, ISR or the poll word.
    case primaryCommand = 0x20
    /// First controller, A0 = 1: ICW2 to ICW4 and OCW1; reads the mask.
    case primaryData = 0x21
    /// Second controller, A0 = 0.
    case secondaryCommand = 0xA0
    /// Second controller, A0 = 1.
    case secondaryData = 0xA1
    /// ELCR1: which of lines 3 to 7 are level-triggered.
    case primaryEdgeLevel = 0x4D0
    /// ELCR2: which of lines 9 to 12, 14 and 15 are level-triggered.
    case secondaryEdgeLevel = 0x4D1
}
