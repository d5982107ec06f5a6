public import X86

/// A place in the source of a guest's program.
public struct SourceLine: Hashable, Sendable, CustomStringConvertible {
    /// The file, as its compiler was given it.
    public var file: String
    /// The line, from 1 on.
    public var line: Int

    /// Makes a place of its parts.
    public init(file: String, line: Int) {
        self.file = file
        self.line = line
    }

    /// `FILE:LINE`.
    public var description: String { "\(file):\(line)" }
}

/// Knows which source line the guest's code was compiled from.
public protocol SourceLines: Sendable {
    /// The line of the instruction at an address; nil if it is not known.
    func sourceLine(of address: GuestVirtualAddress) -> SourceLine?
}
