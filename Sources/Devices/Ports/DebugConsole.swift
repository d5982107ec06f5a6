public import Platform

/// A debug console: every byte written to its port is a byte of text for the host.
///
/// Firmware detects it by reading: ports 0x402 and 0xE9 both answer 0xE9, as Bochs' and QEMU's consoles do.
public struct DebugConsole: Sendable {
    /// The ports at which guests look for one.
    public typealias Register = DebugConsolePort

    /// What a console remembers: nothing.
    public struct State: Hashable, Sendable {}

    /// The byte that announces a console.
    public static let signature: UInt8 = 0xE9

    /// What the console remembers.
    public let state: State

    /// A console.
    public init() { state = State() }

    /// A console as it was.
    public init(state: State) { self.state = state }

    /// Reads either port.
    public func read() -> UInt8 { Self.signature }

    /// Writes either port; returns the byte for the host.
    public func write(_ value: UInt8) -> UInt8 { value }
}
