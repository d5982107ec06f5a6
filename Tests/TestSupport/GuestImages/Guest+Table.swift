import Guests

extension Guest {
    /// A copy of an entry of the C table.
    init(_ entry: guest) {
        // SAFETY: `image` and `image_end` are the two ends of one constant array; the strings are constants.
        unsafe self.init(
            name: String(cString: entry.name),
            purpose: String(cString: entry.purpose),
            image: Array(UnsafeBufferPointer(start: entry.image, count: entry.image_end - entry.image)),
            loadAddress: entry.load_address,
            boot: Boot(entry.boot),
            outcome: Outcome(entry.outcome, code: entry.exit_code),
            console: entry.console.map { unsafe String(cString: $0) },
            screen: entry.screen.map { unsafe String(cString: $0) },
            input: entry.input.map { unsafe String(cString: $0) },
            prompt: entry.prompt.map { unsafe String(cString: $0) },
            append: entry.append.map { unsafe String(cString: $0) },
            initialRAMDisk: entry.initial_ram_disk.map { unsafe String(cString: $0) },
            module: entry.module.map {
                unsafe Module(arguments: String(cString: entry.module_arguments), content: String(cString: $0))
            },
            drive: DriveInterface(entry.drive),
            packets: entry.has_network ? Self.packets : nil,
            spinsUntilInterrupted: entry.spins_until_interrupted,
            isTicked: entry.is_ticked,
            readsHiddenState: entry.reads_hidden_state,
            mayLoseRace: entry.may_lose_race,
            hasExperiments: entry.has_experiments,
            need: Need(entry.need),
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
            case .GUEST_RESETS: .reset
            case .GUEST_POWERS_OFF: .powerOff
            }
    }
}

extension Guest.Boot {
    fileprivate init(_ boot: guest_boot) {
        self =
            switch boot {
            case .GUEST_FLAT: .flat
            case .GUEST_SAYS_HOW: .saysHow
            case .GUEST_FLAT_PROTECTED: .flatProtected
            case .GUEST_FLAT_LONG: .flatLong
            case .GUEST_SECTOR: .sector
            case .GUEST_BEHIND_FIRMWARE: .behindFirmware
            }
    }
}

extension Guest.Need {
    fileprivate init?(_ need: guest_need) {
        switch need {
        case .GUEST_NEEDS_NOTHING: return nil
        case .GUEST_NEEDS_PAGING_32: self = .paging32
        case .GUEST_NEEDS_SYSTEM_CALLS: self = .systemCalls
        case .GUEST_NEEDS_EVERY_INSTRUCTION: self = .everyInstruction
        }
    }
}

extension Guest.DriveInterface {
    fileprivate init?(_ drive: guest_drive) {
        switch drive {
        case .GUEST_HAS_NO_DRIVE: return nil
        case .GUEST_HAS_IDE_DRIVE: self = .ide
        case .GUEST_HAS_VIRTIO_DRIVE: self = .virtio
        }
    }
}
