public import X86

/// The ports through which a guest may end its run or have its machine reset, on either board.
public enum RunEndingPort {
    /// Whether a write that begins at a port and is so many bytes wide reaches one of them.
    public static func isReached(from port: Port, width: UInt16) -> Bool {
        (0..<width).contains { isRunEnding(port.rawValue &+ $0) }
    }

    private static func isRunEnding(_ port: UInt16) -> Bool {
        switch port {
        case SystemPort.exit, SystemPort.systemControlA, SystemPort.resetControl, KeyboardPort.command.rawValue,
            KeyboardPort.data.rawValue, Hypercall.halt.port.rawValue:
            true
        // SLP_EN and SLP_TYP are in the high byte of PM1_CNT, wherever the guest has put the registers.
        default: port & ~PowerRegister.baseMask == PowerRegister.control.rawValue + 1
        }
    }
}
