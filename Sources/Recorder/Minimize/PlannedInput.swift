internal import X86

/// Something that is put into a guest at a moment of its program.
struct PlannedInput: Hashable, Sendable {
    /// What.
    enum Kind: Hashable, Sendable {
        /// A byte is typed on the console.
        case type(UInt8)
        /// The next interrupt comes; the time at which it is due with it. With a place: not right behind the exit but where
        /// the guest stands there.
        case interrupt(Place?)
    }

    /// Where a guest stands between two exits.
    struct Place: Hashable, Sendable {
        /// Linear address of the next instruction.
        var address: GuestVirtualAddress
        /// The general registers, RIP and flags, as ``DebuggableProcessor/exitRegisters`` has them.
        var registers: [UInt64]
    }

    /// The exit behind which it comes.
    struct Anchor: Hashable, Sendable {
        /// Where the exit is from.
        var site: ExitSite
        /// Which of the exits from there, counted from 1.
        var count: Int
        /// Counted since the input before this one, and not since the guest's start: so for exits that inputs cause,
        /// of which there are fewer if one is left out.
        var isRelative: Bool
    }

    var kind: Kind
    /// nil for the guest's start.
    var anchor: Anchor?
}
