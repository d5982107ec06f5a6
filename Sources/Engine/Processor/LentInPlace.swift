internal import Synchronization

/// A member that makes Swift pass the structure that contains it by address.
///
/// Swift copies a structure of plain members to the stack for each call of a method that only reads it. That costs
/// nothing if it is small; but a processor or a board has kilobytes and is read a dozen times at each exit. An atomic
/// must stay where it is, and so must whatever contains one.
public struct LentInPlace: ~Copyable {
    private let anchor = Atomic(false)

    /// Does nothing.
    public init() {}
}
