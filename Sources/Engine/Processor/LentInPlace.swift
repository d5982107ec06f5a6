internal import Synchronization

/// A member that makes Swift lend the structure it is in by address.
///
/// A structure of plain members is copied to the stack by each call of a method that only reads it. That costs nothing where
/// it is small; a processor or a board is kilobytes, read a dozen times at each exit. An atomic has to stay where it is, and
/// so does whatever has one.
public struct LentInPlace: ~Copyable {
    private let anchor = Atomic(false)

    /// Does nothing.
    public init() {}
}
