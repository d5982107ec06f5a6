import Guests

/// A guest of this package: what to load where, and what to expect of a run. See `Guests/`.
public struct Guest: Sendable, Hashable, CustomStringConvertible {
    /// How a run of a guest ends.
    public enum Outcome: Sendable, Hashable {
        /// The guest writes this code to port 0xF4, unless something goes wrong in the guest.
        case exit(code: UInt8)
        /// HLT with interrupts off.
        case halt
        /// A triple fault.
        case shutdown
        /// An exit with this code, or an emulation failure where the host's emulator lacks an instruction.
        case exitOrEmulationFailure(code: UInt8)
        /// The guest does something that its machine does not allow. The description of the fault contains this text.
        case fault(String)
        /// It requests a reset.
        case reset
        /// It switches the machine off.
        case powerOff
    }

    /// How a guest is put into memory and entered.
    public enum Boot: Sendable, Hashable {
        /// A flat image at ``loadAddress``, entered at its first byte in real mode with CS = 0.
        case flat
        /// The image is a file that says how it is booted, such as ELF with a multiboot header.
        case saysHow
        /// A flat image at 1 MiB, entered at its first byte in 32-bit protected mode.
        case flatProtected
        /// The same in 64-bit mode.
        case flatLong
        /// A boot sector, entered without firmware.
        case sector
        /// A boot sector on the first disk, which the firmware reads.
        case behindFirmware
    }

    /// The interface of the disk that a guest needs.
    public enum DriveInterface: String, Sendable, Hashable {
        /// The IDE controller.
        case ide
        /// A virtio device.
        case virtio
    }

    /// What a host must do as the manuals say. On another host, the guest gives other results.
    public enum Need: Sendable, Hashable {
        /// Paging in 32-bit protected mode.
        case paging32
        /// Leaving ring 3 by SYSCALL and INT n.
        case systemCalls
        /// Every instruction at ring 0 that `rr-vm doctor` tries. A host without is an emulator, which does more than those
        /// instructions in its own way.
        case everyInstruction
    }

    /// A file that the guest gets besides its image.
    public struct Module: Sendable, Hashable {
        /// What follows its name in its command line.
        public let arguments: String
        /// Its content.
        public let content: String
    }

    /// The name of its source file, without ".S".
    public let name: String
    /// What it shows, in one line.
    public let purpose: String
    /// The image file's bytes.
    public let image: [UInt8]
    /// The guest-physical address; below 64 KiB, so that it is also the first IP. Only for ``Boot/flat``.
    public let loadAddress: UInt64
    /// How it is put into memory and entered.
    public let boot: Boot
    /// How a run ends.
    public let outcome: Outcome
    /// Everything it prints over COM1, or nil when that depends on time or on the machine.
    public let console: String?
    /// What the VGA text screen shows at the end, or nil when it does not matter.
    public let screen: String?
    /// What it waits for on its console, or nil.
    public let input: String?
    /// What it shows before it waits for ``input``.
    public let prompt: String?
    /// The command line, or nil.
    public let append: String?
    /// The content of the initial RAM disk, or nil.
    public let initialRAMDisk: String?
    /// A multiboot module, or nil.
    public let module: Module?
    /// The interface of its disk, which holds ``disk``; nil if it needs none.
    public let drive: DriveInterface?
    /// What a peer sends it on its network card, packet by packet; nil if it has none.
    public let packets: [[UInt8]]?
    /// True if it computes until it is interrupted. It ends only on a machine that interrupts guests which do not exit.
    public let spinsUntilInterrupted: Bool
    /// True if interrupts come to it where a replay has to find the place again: between two exits, in shadows, nested.
    public let isTicked: Bool
    /// True if it executes an instruction whose result comes from outside without an exit, such as RDTSC. A run can be
    /// replayed only if the recorder traps that instruction.
    public let readsHiddenState: Bool
    /// True if it races with its own interrupts. It exits with code 1 if it has lost.
    public let mayLoseRace: Bool
    /// True if it is a table of experiments, which prints a line for each: see `Guests/support/experiments.h`.
    public let hasExperiments: Bool
    /// What its host must be able to do; nil if any can run it.
    public let need: Need?

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

    /// What is on the disk of a guest that has one: 64 sectors, each with a text that says which it is, followed by
    /// zeros.
    public static let disk: [UInt8] = (0..<64).flatMap { number in
        let text = Array("sector \(number)\n".utf8)
        return text + [UInt8](repeating: 0, count: 512 - text.count)
    }

    /// The guest with a name from `Guests/list.h`.
    ///
    /// - Precondition: There is one. A misspelt name is a mistake in the test that uses it.
    public static func named(_ name: String) -> Guest {
        guard let guest = all.first(where: { $0.name == name }) else {
            preconditionFailure("no guest is named \(name); there are: \(all.map(\.name).joined(separator: ", "))")
        }
        return guest
    }
}
