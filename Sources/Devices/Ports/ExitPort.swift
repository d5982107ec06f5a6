/// The port with which a guest ends its run, like QEMU's `isa-debug-exit` at 0xF4.
public struct ExitPort: Sendable {
    /// The code with which the guest ended its run.
    public struct ExitCode: RawRepresentable, Hashable, Sendable {
        /// The value that the guest wrote.
        public var rawValue: UInt32

        /// Makes a code of the value that the guest wrote.
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// The exit status that QEMU would give: twice the value plus one, of which a process keeps eight bits.
        public var qemuStatus: UInt8 { UInt8(truncatingIfNeeded: rawValue << 1 | 1) }
    }

    /// What the port remembers: nothing.
    public struct State: Hashable, Sendable {}

    /// What the port remembers.
    public let state: State

    /// An exit port.
    public init() { state = State() }

    /// An exit port as it was.
    public init(state: State) { self.state = state }

    /// Reads the port: zeros, at any width.
    public func read() -> UInt32 { 0 }

    /// Writes the port, which ends the run with `value`.
    public func write(_ value: UInt32) -> ExitCode { ExitCode(rawValue: value) }
}
