internal import Platform
public import X86

extension LocalAPIC {
    /// Reads within the 4 KiB of registers. Registers are 32 bits wide; other widths get the bytes that they address.
    public mutating func read(at offset: UInt64, _ size: AccessSize, now: MachineTime) -> UInt64 {
        guard isGloballyEnabled, offset < Self.byteCount else { return size.mask }
        advance(to: now)
        // The three quarters of every sixteen bytes that hold no register read as zero.
        guard offset & 0xC == 0 else { return 0 }
        let value = readRegister(UInt16(offset & 0xFF0))
        return UInt64(value) >> UInt64(8 * (offset & 3)) & size.mask
    }

    /// Writes within the 4 KiB of registers, 32 bits at an aligned address; everything else is ignored (11.4.1).
    /// Returns the vector of a level-triggered interrupt that has ended, for the I/O APIC.
    public mutating func write(at offset: UInt64, _ size: AccessSize, _ value: UInt64, now: MachineTime) -> UInt8? {
        guard isGloballyEnabled, offset < Self.byteCount, offset & 0xF == 0 else { return nil }
        guard size == .doubleword else { return nil }
        advance(to: now)
        return writeRegister(UInt16(offset), UInt32(truncatingIfNeeded: value))
    }

    private mutating func readRegister(_ offset: UInt16) -> UInt32 {
        guard let register = Register(rawValue: offset) else { return readVectors(offset) }
        switch register {
        case .identifier: return UInt32(state.identifier) << 24
        case .version: return Self.version
        case .taskPriority: return UInt32(state.taskPriority)
        case .processorPriority: return UInt32(processorPriority)
        case .arbitrationPriority, .remoteRead, .endOfInterrupt: return 0
        case .logicalDestination: return UInt32(state.logicalDestination) << 24
        case .destinationFormat: return UInt32(state.destinationFormat) << 24 | 0x00FF_FFFF
        case .spurious: return state.spurious
        case .errorStatus: return UInt32(state.visibleErrors.rawValue)
        case .commandLow: return UInt32(truncatingIfNeeded: state.command)
        case .commandHigh: return UInt32(truncatingIfNeeded: state.command >> 32)
        case .timerEntry: return state.timerEntry.rawValue
        case .thermalEntry: return state.thermalEntry.rawValue
        case .performanceEntry: return state.performanceEntry.rawValue
        case .lint0Entry: return state.lint0Entry.rawValue
        case .lint1Entry: return state.lint1Entry.rawValue
        case .errorEntry: return state.errorEntry.rawValue
        case .initialCount: return state.timer.initialCount
        case .currentCount: return state.timer.currentCount
        case .divideConfiguration: return state.timer.divideConfiguration
        }
    }

    private mutating func readVectors(_ offset: UInt16) -> UInt32 {
        let index = UInt8(offset >> 4 & 7)
        switch offset {
        case Register.inService..<Register.levelTriggered: return state.inService.register(index)
        case Register.levelTriggered..<Register.requests: return state.levelTriggered.register(index)
        case Register.requests..<Register.requestsEnd: return state.requests.register(index)
        default:
            report(.illegalRegister)
            return 0
        }
    }

    private mutating func writeRegister(_ offset: UInt16, _ value: UInt32) -> UInt8? {
        guard let register = Register(rawValue: offset) else {
            if !(Register.inService..<Register.requestsEnd).contains(offset) { report(.illegalRegister) }
            return nil
        }
        switch register {
        case .identifier: state.identifier = UInt8(value >> 24)
        case .taskPriority: state.taskPriority = UInt8(truncatingIfNeeded: value)
        case .endOfInterrupt: return endInterrupt()
        case .logicalDestination: state.logicalDestination = UInt8(value >> 24)
        case .destinationFormat: state.destinationFormat = UInt8(value >> 24) | 0x0F
        case .spurious: writeSpurious(value)
        case .errorStatus:
            state.visibleErrors = state.errors
            state.errors = []
        case .commandLow:
            state.command = state.command & ~0xFFFF_FFFF | UInt64(value & InterruptCommand.writableLow)
            sendCommand()
        case .commandHigh: state.command = state.command & 0xFFFF_FFFF | UInt64(value & 0xFF00_0000) << 32
        case .timerEntry:
            let entry = masking(value & (0xFF | LocalVector.masked | LocalVector.periodic))
            state.timer.setPeriodic(entry.isPeriodic)
            state.timerEntry = entry
        case .thermalEntry: state.thermalEntry = masking(value & (LocalVector.vectorAndMode | LocalVector.masked))
        case .performanceEntry:
            state.performanceEntry = masking(value & (LocalVector.vectorAndMode | LocalVector.masked))
        case .lint0Entry, .lint1Entry: writePinEntry(register, value)
        case .errorEntry: state.errorEntry = masking(value & (0xFF | LocalVector.masked))
        case .initialCount: state.timer.start(value)
        case .divideConfiguration: state.timer.divide(by: value)
        case .version, .arbitrationPriority, .processorPriority, .remoteRead, .currentCount: break
        }
        return nil
    }

    private mutating func writePinEntry(_ register: Register, _ value: UInt32) {
        let entry = masking(value & (LocalVector.vectorAndMode | LocalVector.pin | LocalVector.masked))
        if register == .lint0Entry { state.lint0Entry = entry } else { state.lint1Entry = entry }
        let level = register == .lint0Entry ? state.lint0 : state.lint1
        if level, entry.isLevelTriggered { raise(entry) }
    }

    /// While software has disabled the APIC, every entry is masked.
    private func masking(_ value: UInt32) -> LocalVector {
        LocalVector(rawValue: isSoftwareEnabled ? value : value | LocalVector.masked)
    }

    private mutating func writeSpurious(_ value: UInt32) {
        state.spurious = value & 0x3FF
        guard !isSoftwareEnabled else { return }
        for entry in [
            \State.timerEntry, \State.thermalEntry, \State.performanceEntry, \State.lint0Entry, \State.lint1Entry,
            \State.errorEntry,
        ] as [WritableKeyPath<State, LocalVector>] {
            state[keyPath: entry].rawValue |= LocalVector.masked
        }
    }
}
