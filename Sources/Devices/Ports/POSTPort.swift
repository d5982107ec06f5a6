/// Port 0x80: the last progress code that firmware showed.
public struct POSTPort: Sendable {
    /// What the port remembers.
    public struct State: Hashable, Sendable {
        var code: UInt8 = 0
    }

    /// What the port remembers.
    public private(set) var state: State

    /// The port after reset, showing 0.
    public init() { state = State() }

    /// The port as it was.
    public init(state: State) { self.state = state }

    /// The code that was written last.
    public var code: UInt8 { state.code }

    /// Reads the port: the last code written, as the DMA page register at this address gives it.
    public func read() -> UInt8 { state.code }

    /// Writes the port.
    public mutating func write(_ value: UInt8) { state.code = value }
}
