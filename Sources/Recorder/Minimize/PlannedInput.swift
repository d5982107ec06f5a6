internal import X86

/// An input for a guest at a moment of its program.
struct PlannedInput: Hashable, Sendable {
    /// The kind of input.
    enum Kind: Hashable, Sendable {
        /// A byte is typed on the console.
        case type(UInt8)
        /// The next interrupt arrives. The clock moves to the time at which it is due. If there is a place, the
        /// interrupt arrives when the guest is at that place, and not right after the exit.
        case interrupt(Place?)
    }

    /// A position of the guest between two exits.
    struct Place: Hashable, Sendable {
        /// The linear address of the next instruction.
        var address: GuestVirtualAddress
        /// The general registers, RIP and flags, in the form of ``DebuggableProcessor/exitRegisters``.
        var registers: [UInt64]
    }

    /// The exit that the input follows.
    struct Anchor: Hashable, Sendable {
        /// Where the exit comes from.
        var site: ExitSite
        /// The number of the exit among those from this site, starting at 1.
        var count: Int
        /// Whether the count starts after the previous input and not at the guest's start. This is the case for exits
        /// that inputs cause, because there are fewer of them if an input is left out.
        var isRelative: Bool
    }

    var kind: Kind
    /// The exit that the input follows, or nil for the guest's start.
    var anchor: Anchor?
}
