/// An exit of the guest in a fixed size, as a recording holds it: what the guest did, where, and what it was given.
///
/// A replay compares exits in this form, in which they come out of a trace, and makes nothing else of them unless they
/// differ.
public struct ExitRecord: BitwiseCopyable, Sendable {
    /// What the guest did, numbered as in a trace.
    public enum Kind: UInt8, Sendable {
        /// IN or one element of INS, from port `key`, `detail` bytes wide; it was given `value`.
        case portRead = 0
        /// OUT or one element of OUTS, to port `key`, `detail` bytes wide, of `value`.
        case portWrite = 1
        /// A load outside memory, from `address`, of `detail` bytes; it was given `value`.
        case memoryRead = 2
        /// A store outside memory, to `address`, of `detail` bytes, of `value`.
        case memoryWrite = 3
        /// RDMSR of register `key`; it was given `value`, or #GP if `flags` is not 0.
        case readMSR = 4
        /// WRMSR of register `key` with `value`; it got #GP if `flags` is not 0.
        case writeMSR = 5
        /// A trapped instruction, numbered by `detail`; it was given `value` and `auxiliary`, and succeeded if `flags` is
        /// not 0.
        case hiddenRead = 10
    }

    /// What the guest gave or was given.
    public var value: UInt64 = 0
    /// The guest-physical address of an access outside memory.
    public var address: UInt64 = 0
    /// RIP as the exit reported it.
    public var rip: UInt64 = 0
    /// Instructions since the event before, if they are counted.
    public var instructions: UInt64 = 0
    /// TSC_AUX of a hidden read.
    public var auxiliary: UInt32 = 0
    /// The port, or the number of the model-specific register.
    public var key: UInt32 = 0
    /// A ``Kind``. Events that are not exits of these kinds have other numbers.
    public var kind: UInt8 = 0
    /// The size in bytes, or the instruction's number.
    public var detail: UInt8 = 0
    /// Whether something was refused or succeeded.
    public var flags: UInt8 = 0

    /// Whether it is of a kind.
    @inlinable public func isA(_ kind: Kind) -> Bool { self.kind == kind.rawValue }

    /// All zero.
    public init() {}
}
