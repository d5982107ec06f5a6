/// The ports at which guests look for a debug console.
public enum DebugConsolePort: UInt16, CaseIterable, Sendable {
    /// Bochs' port 0xE9.
    case bochs = 0xE9
    /// SeaBIOS' and OVMF's debug port.
    case firmware = 0x402
}
