/// Offsets of a 16550's registers from its base. With the divisor latch open, the first two are the divisor.
public enum SerialRegister: UInt16, CaseIterable, Sendable {
    /// RBR when read, THR when written; DLL with the latch open.
    case data = 0
    /// IER; DLM with the latch open.
    case interruptEnable = 1
    /// IIR when read, FCR when written.
    case interruptIdentification = 2
    /// LCR.
    case lineControl = 3
    /// MCR.
    case modemControl = 4
    /// LSR; read only.
    case lineStatus = 5
    /// MSR; read only.
    case modemStatus = 6
    /// SCR.
    case scratch = 7
}
