import Guests

/// A guest of this package: what to load where, and what to expect of a run. See `Guests/`.
public struct Guest: Sendable, Hashable, CustomStringConvertible {
    /// How a run of a guest ends.
    public enum Outcome: Sendable, Hashable {
        /// The guest writes this code to port 0xF4, unless something goes wrong in it.
        case exit(code: UInt8)
        /// HLT with interrupts off.
        case halt
        /// A triple fault.
        case shutdown
        /// An exit with this code, or an emulation failure where the host's emulator lacks an instruction.
        case exitOrEmulationFailure(code: UInt8)
        /// The guest does what its machine does not allow; what is said of it contains this text.
        case fault(String)
    }

    /// The name of its source file, without ".S".
    public let name: String
    /// What it shows, in one line.
    public let purpose: String
    /// The bytes to load at ``loadAddress``. The guest is entered at the first of them, in real mode with CS = 0.
    public let image: [UInt8]
    /// Guest-physical; below 64 KiB, so that it is the first IP too.
    public let loadAddress: UInt64
    /// True when the image is a file that says how it is booted, such as ELF with a multiboot header: then
    /// ``loadAddress`` has no meaning.
    public let saysHowToBoot: Bool
    /// How a run ends.
    public let outcome: Outcome
    /// Everything it prints over COM1, or nil when that depends on time or on the machine.
    public let console: String?
    /// What it waits for on COM1, or nil.
    public let input: String?
    /// True when it computes until it is interrupted: it ends only on a machine that interrupts guests which do not
    /// exit.
    public let spinsUntilInterrupted: Bool
    /// True when interrupts come to it at places that a replay has to come to again: between two exits, in shadows, nested.
    public let isTicked: Bool
    /// True when it executes an instruction whose result comes from outside without an exit, such as RDTSC: a run can
    /// be replayed only when the recorder traps that instruction.
    public let readsHiddenState: Bool
    /// True when it races with its own interrupts: it exits with code 1 instead when it lost.
    public let mayLoseRace: Bool

    /// What a unikernel is run with; nil for other guests.
    public let unikernel: Unikernel?

    /// The name, as tests print it.
    public var description: String { name }
}

extension Guest {
    /// Every guest: those in the order of `Guests/list.h`, then unikernels.
    public static let all = assembled + unikernels

    private static let assembled: [Guest] = (0..<guest_count()).map { index in
        // SAFETY: an index below `guest_count` has an entry, and entries are constants.
        unsafe Guest(guest_at(index)!.pointee)
    }

    /// The guest with a name from `Guests/list.h`.
    ///
    /// - Precondition: There is one. A misspelt name is a mistake in the test that asks.
    public static func named(_ name: String) -> Guest {
        guard let guest = all.first(where: { $0.name == name }) else {
            preconditionFailure("no guest is named \(name); there are: \(all.map(\.name).joined(separator: ", "))")
        }
        return guest
    }

    /// A copy of an entry of the C table.
    private init(_ entry: guest) {
        // SAFETY: `image` and `image_end` are the two ends of one constant array; the strings are constants.
        unsafe self.init(
            name: String(cString: entry.name),
            purpose: String(cString: entry.purpose),
            image: Array(UnsafeBufferPointer(start: entry.image, count: entry.image_end - entry.image)),
            loadAddress: entry.load_address,
            saysHowToBoot: entry.says_how_to_boot,
            outcome: Outcome(entry.outcome, code: entry.exit_code),
            console: entry.console.map { unsafe String(cString: $0) },
            input: entry.input.map { unsafe String(cString: $0) },
            spinsUntilInterrupted: entry.spins_until_interrupted,
            isTicked: entry.is_ticked,
            readsHiddenState: entry.reads_hidden_state,
            mayLoseRace: entry.may_lose_race,
            unikernel: nil
        )
    }
}

extension Guest.Outcome {
    fileprivate init(_ outcome: guest_outcome, code: UInt8) {
        self =
            switch outcome {
            case .GUEST_EXITS: .exit(code: code)
            case .GUEST_HALTS: .halt
            case .GUEST_SHUTS_DOWN: .shutdown
            case .GUEST_EXITS_OR_CANNOT_BE_EMULATED: .exitOrEmulationFailure(code: code)
            }
    }
}
