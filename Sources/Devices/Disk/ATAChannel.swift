internal import Platform
import X86

/// One channel of an IDE controller: the wires that two drives share, and the bus master at their other end.
struct ATAChannel: Hashable, Sendable {
    /// Device control register.
    struct Control: OptionSet, Hashable {
        let rawValue: UInt8
        /// nIEN: no interrupts.
        static let interruptDisable = Self(rawValue: 1 << 1)
        /// SRST: both drives are held in reset.
        static let reset = Self(rawValue: 1 << 2)
        /// HOB: the parameter registers show the bytes before the last.
        static let highOrderByte = Self(rawValue: 1 << 7)
    }

    private var first: ATADrive?
    private var second: ATADrive?
    private var control: Control = []
    private var device: ATADrive.Device = .obsolete
    private var hasRisen = false
    var busMaster = BusMaster()
    /// Whether drives stay busy with a command until they are told that it is done.
    private let takesTime: Bool
    /// What the selected drive was asked to do is done, but does not show yet: the drive shows only BSY and reacts only
    /// to a reset.
    private(set) var isBusy = false
    /// What was done ends with an interrupt.
    private var owesInterrupt = false

    init(first: IDEController.DriveIdentity?, second: IDEController.DriveIdentity?, takesTime: Bool) {
        self.takesTime = takesTime
        self.first = first.map { ATADrive(identity: $0) }
        self.second = second.map { ATADrive(identity: $0) }
        busMaster.status = BusMaster.Status.capable(first: first != nil, second: second != nil)
    }

    /// The drive that the device register has selected, 0 or 1.
    var selected: Int { device.contains(.isSecond) ? 1 : 0 }

    private var drive: ATADrive? {
        get { selected == 0 ? first : second }
        set { if selected == 0 { first = newValue } else { second = newValue } }
    }

    var interruptLine: Bool {
        !control.contains(.interruptDisable) && !owesInterrupt && drive?.requestsInterrupt == true
    }

    mutating func takeInterruptEdge() -> Bool {
        defer { hasRisen = false }
        return hasRisen
    }

    /// Applies `change` to the selected drive, and notes an interrupt that it raises.
    private mutating func change(_ change: (inout ATADrive) -> Void) {
        guard var drive else { return }
        self.drive = nil
        let had = drive.requestsInterrupt
        let transfer = drive.transfer
        change(&drive)
        // If the guest moves block after block without reading the status, each block raises an interrupt.
        let isAnother = drive.requestsInterrupt && drive.transfer != transfer
        if drive.requestsInterrupt, !had || isAnother { noteInterrupt() }
        self.drive = drive
    }

    private mutating func noteInterrupt() {
        guard !takesTime else {
            (isBusy, owesInterrupt) = (true, true)
            return
        }
        raiseInterrupt()
    }

    /// The bus master as the guest sees it: active until the drive reports that it is done.
    var shownBusMaster: BusMaster {
        var shown = busMaster
        if owesInterrupt, busMaster.command.contains(.start) { shown.status.insert(.active) }
        return shown
    }

    /// The selected drive has finished what it was asked to do.
    mutating func finishWork() {
        isBusy = false
        guard owesInterrupt else { return }
        owesInterrupt = false
        raiseInterrupt()
    }

    private mutating func raiseInterrupt() {
        guard !control.contains(.interruptDisable) else { return }
        hasRisen = true
        busMaster.status.insert(.interrupt)
    }

    /// What a register reads when no drive answers: without drives the cable floats; for a missing second drive, the
    /// first answers with zeros.
    private var silence: UInt8 { first == nil && second == nil ? 0xFF : 0 }

    var alternateStatus: UInt8 {
        guard let drive else { return silence }
        return control.contains(.reset) || isBusy ? ATADrive.Status.busy.rawValue : drive.status.rawValue
    }

    mutating func read(_ register: IDEController.Register, _ size: AccessSize, _ disk: inout some BlockStorage)
        -> UInt32
    {
        guard drive != nil else {
            guard register != .device || silence != 0 else { return UInt32(device.rawValue) }
            return silence == 0 ? 0 : UInt32(truncatingIfNeeded: size.mask)
        }
        // A busy drive shows its status in every register, as drives' manuals say.
        if isBusy { return UInt32(alternateStatus) }
        if register == .data {
            var value: UInt32 = 0
            change { value = $0.readData(count: min(size.byteCount, 4), &disk) }
            return value
        }
        let value = readByte(register)
        // Reading the status register itself ends the interrupt.
        if register == .status { drive?.requestsInterrupt = false }
        return UInt32(value)
    }

    private func readByte(_ register: IDEController.Register) -> UInt8 {
        guard let drive else { return silence }
        let shift: UInt16 = control.contains(.highOrderByte) ? 8 : 0
        switch register {
        case .data: return 0
        case .error: return drive.error.rawValue
        case .sectorCount: return UInt8(truncatingIfNeeded: drive.registers.count >> shift)
        case .low: return UInt8(truncatingIfNeeded: drive.registers.low >> shift)
        case .middle: return UInt8(truncatingIfNeeded: drive.registers.middle >> shift)
        case .high: return UInt8(truncatingIfNeeded: drive.registers.high >> shift)
        case .device: return drive.registers.device.union(device.intersection(.isSecond)).rawValue
        case .status: return alternateStatus
        }
    }

    mutating func write(
        _ register: IDEController.Register,
        _ size: AccessSize,
        _ value: UInt32,
        _ disk: inout some BlockStorage,
        _ memory: inout some GuestMemoryAccess
    ) {
        guard !control.contains(.reset), !isBusy else { return }
        let byte = UInt8(truncatingIfNeeded: value)
        // Any write to the command block makes the registers show their last bytes again.
        control.remove(.highOrderByte)
        switch register {
        case .data: change { $0.writeData(value, count: min(size.byteCount, 4), &disk) }
        case .status:
            isBusy = takesTime && drive != nil
            change { $0.perform(byte, &disk) }
            transferMemory(&disk, &memory)
        case .device:
            device = ATADrive.Device(rawValue: byte).union(.obsolete)
            first?.registers.device = device
            second?.registers.device = device
        case .error: push(byte, \.features)
        case .sectorCount: push(byte, \.count)
        case .low: push(byte, \.low)
        case .middle: push(byte, \.middle)
        case .high: push(byte, \.high)
        }
    }

    /// Both drives take what is written, whether selected or not.
    private mutating func push(_ byte: UInt8, _ register: WritableKeyPath<ATADrive.TaskFile, UInt16>) {
        first?.registers.push(byte, into: register)
        second?.registers.push(byte, into: register)
    }

    mutating func writeControl(_ value: UInt8) {
        let written = Control(rawValue: value)
        if control.contains(.reset), !written.contains(.reset) {
            first?.reset()
            second?.reset()
            device = .obsolete
            (isBusy, owesInterrupt) = (false, false)
        }
        control = written
    }

    /// Does the memory transfer that the selected drive waits for, once the bus master has been started.
    mutating func transferMemory(_ disk: inout some BlockStorage, _ memory: inout some GuestMemoryAccess) {
        guard busMaster.status.contains(.active), var drive else { return }
        guard case .memory(let first, let count, let isWrite) = drive.transfer else { return }
        // The bus master's direction is that of memory: it writes memory when the drive reads.
        guard busMaster.command.contains(.writesMemory) != isWrite else { return }
        do throws(BusMaster.TransferFault) {
            try busMaster.transfer(first: first, count: count, isDiskWrite: isWrite, &disk, &memory)
            drive.show(address: first + UInt64(count) - 1)
            drive.registers.showNoneLeft()
            drive.finish()
        } catch {
            switch error {
            // The drive waits in vain until it gets another command.
            case .tableTooShort: return
            case .memory: drive.fail(.aborted)
            case .disk(let error): drive.fail(error)
            }
        }
        self.drive = drive
        noteInterrupt()
    }
}
