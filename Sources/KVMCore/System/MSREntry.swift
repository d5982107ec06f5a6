/// A model-specific register with its contents.
public struct MSREntry: Hashable, Sendable {
    /// The register.
    public var number: MSRNumber
    /// Its contents.
    public var value: UInt64

    /// Makes an entry of its parts.
    public init(_ number: MSRNumber, _ value: UInt64) {
        self.number = number
        self.value = value
    }
}
