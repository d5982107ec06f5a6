internal import ByteCoding
internal import Engine
public import GuestMemory
internal import Platform
public import TraceFormat
internal import X86

extension RecordedEnd {
    /// What the last exit of a run says about the run's end.
    public enum Meaning: Hashable, Sendable {
        /// The run ends with it, in this way.
        case certain(Outcome)
        /// It may end the run in any of these ways, depending on the board's registers.
        case possible(Set<Ending>)
        /// The run goes on.
        case nothing
    }

    /// A way in which an exit may end a run.
    public enum Ending: Hashable, Sendable {
        case halt
        case reset
        case powerOff
        /// A call of this name that cannot be answered.
        case fault(of: String)
    }

    /// What the exit means. Memory and the interrupt flag are as they are after it.
    public func meaning(in memory: GuestMemory, interruptFlag: Bool) -> Meaning {
        guard let exit else { return .nothing }
        return board == BoardName.unikernel
            ? meaning(ofUnikernel: exit, memory) : meaning(ofPC: exit, interruptFlag: interruptFlag)
    }

    /// Compares what a trace says about its end with what the last exit means.
    ///
    /// - Returns: what the guest did instead, in words; nil if the two agree. Ends that come from executing and not
    ///   from an exit (shutdown, an instruction that cannot be emulated) are not checked unless the exit itself ends
    ///   the run. Neither are ends for which the host had its own reason.
    public func contradiction(to claim: Outcome, _ meaning: Meaning) -> String? {
        if !isInterrupted, case .certain(let outcome) = meaning { return outcome == claim ? nil : "\(outcome)" }
        guard !isCutOff else { return nil }
        let ending: Ending
        switch claim {
        case .tripleFault, .emulationFailure, .hostLimit, .stopped: return nil
        case .exited: return "the guest did not exit"
        case .halted: ending = .halt
        case .reset: ending = .reset
        case .poweredOff: ending = .powerOff
        case .guestFault(let text): ending = .fault(of: text.prefix { $0 != ":" }.description)
        }
        guard !isInterrupted, case .possible(let endings) = meaning, endings.contains(ending) else {
            return "the guest goes on: its last exit does not end the run in this way"
        }
        return nil
    }
}

// MARK: A PC

extension RecordedEnd {
    /// The offset of the high byte of PM1_CNT, which holds SLP_EN and SLP_TYP.
    private static let powerControlOffset = PowerRegister.control.rawValue + 1

    private func meaning(ofPC exit: Event, interruptFlag: Bool) -> Meaning {
        switch exit {
        // A non-maskable interrupt may have been due.
        case .halt: interruptFlag ? .nothing : .possible([.halt])
        // The local APIC can send a reset to its own processor.
        case .memoryWrite: .possible([.reset])
        case .portWrite(let access): Self.meaning(ofPC: access, keyboardCommand: keyboardCommand)
        default: .nothing
        }
    }

    /// What a port write means on the PC's board. It is asked after every one, so it takes only what it looks at.
    ///
    /// - Parameter keyboardCommand: what the keyboard controller's data port waits for.
    public static func meaning(ofPC write: PortAccess, keyboardCommand: UInt8?) -> Meaning {
        if SystemPort.exit.contains(write.port.rawValue) { return .certain(.exited(code: write.value)) }
        if write.port.rawValue == PCIConfigurationPort.address, write.size == .doubleword { return .nothing }
        var endings: Set<Ending> = []
        for index in 0..<UInt16(write.size.byteCount) {
            let byte = LittleEndian.byte(Int(index), of: write.value)
            let port = Port(write.port.rawValue &+ index)
            if let ending = ending(of: byte, to: port, keyboardCommand) { endings.insert(ending) }
        }
        guard !endings.isEmpty else { return .nothing }
        // The devices decide how a wide access is divided.
        if write.size == .byte, endings == [.reset] { return .certain(.reset) }
        if endings == [.powerOff], reachesPowerControl(write) { return .certain(.poweredOff) }
        return .possible(endings)
    }

    /// Whether a write reaches the power management's control register, if that is where it usually is.
    private static func reachesPowerControl(_ write: PortAccess) -> Bool {
        let distance = PowerRegister.usualBase + powerControlOffset &- write.port.rawValue
        return distance < UInt16(write.size.byteCount) && distance <= powerControlOffset
    }

    private static func ending(of byte: UInt8, to port: Port, _ keyboardCommand: UInt8?) -> Ending? {
        switch port.rawValue {
        case SystemPort.systemControlA: return SystemControlA(rawValue: byte).contains(.fastReset) ? .reset : nil
        case SystemPort.resetControl: return ResetControlBits(rawValue: byte).contains(.resetProcessor) ? .reset : nil
        case KeyboardPort.command.rawValue:
            return byte >= KeyboardCommand.firstPulse && byte & KeyboardCommand.resetLine == 0 ? .reset : nil
        case KeyboardPort.data.rawValue:
            let isOutputPort = keyboardCommand == KeyboardCommand.writeOutputPort.rawValue
            return isOutputPort && byte & KeyboardCommand.resetLine == 0 ? .reset : nil
        case let number where number & ~PowerRegister.baseMask == powerControlOffset:
            let control = PowerControl(rawValue: UInt16(byte) << 8)
            let isSoftOff = control.requestedSleepType == PowerControl.softOffType
            return control.contains(.sleepEnable) && isSoftOff ? .powerOff : nil
        default: return nil
        }
    }
}

// MARK: A unikernel's board

extension RecordedEnd {
    /// The most bytes that a guest leaves when it ends (`HVT_HALT_COOKIE_MAX`).
    private static let cookieSize: UInt64 = 512

    private func meaning(ofUnikernel exit: Event, _ memory: GuestMemory) -> Meaning {
        switch exit {
        case .halt: .certain(.halted)
        case .portRead(let access): forbidden(.portRead(access.port, access.size))
        case .memoryRead(let access): forbidden(.memoryRead(access.address, length: access.length))
        case .memoryWrite(let access):
            forbidden(
                .memoryWrite(
                    access.address,
                    length: access.length,
                    isPresent: memory.isPresent(access.address, count: UInt64(access.length), for: .read)
                )
            )
        case .portWrite(let access):
            if access.size == .doubleword, let call = Hypercall(access.port) {
                meaning(of: call, at: GuestPhysicalAddress(UInt64(access.value)), memory)
            } else {
                forbidden(.portWrite(access.port, access.size))
            }
        default: .nothing
        }
    }

    private func forbidden(_ access: ForbiddenAccess) -> Meaning { .certain(.guestFault("\(access)")) }

    private func meaning(of call: Hypercall, at structure: GuestPhysicalAddress, _ memory: GuestMemory) -> Meaning {
        guard call == .halt, memory.isPresent(structure, count: UInt64(call.structureSize), for: .read),
            let bytes = try? memory.readAcross(structure, count: UInt64(call.argumentSize)),
            case .halt(let cookie, let status)? = try? HypercallArguments(of: call, bytes),
            cookie == 0 || memory.isPresent(GuestPhysicalAddress(cookie), count: Self.cookieSize, for: .read)
        else { return .possible([.fault(of: call.name)]) }
        return .certain(.exited(code: UInt32(bitPattern: status)))
    }
}
