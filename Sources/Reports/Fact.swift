/// One thing that there is to know, with its name.
public struct Fact: Codable, Hashable, Sendable {
    /// What it is about. May come from a trace.
    public var name: String
    /// What it is. May come from a trace.
    public var value: String

    /// Makes a fact of its parts.
    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}
