internal import ByteCoding
public import Devices
internal import Platform
public import X86

extension PCBoard {
    /// A description of what answers at a port.
    public func device(at port: Port) -> String { "\(ports[port.rawValue]) at port \(port)" }

    /// Answers a read of a port. Ports that nothing claims read as ones.
    public mutating func readPort(_ port: Port, _ size: AccessSize, now: MachineTime) -> UInt32 {
        advanceTimers(to: now)
        let owner = ports[port.rawValue]
        if owner.takesWholeAccesses, let value = readWhole(owner, port, size, now: now) { return value }
        // Most accesses are of one byte.
        guard size != .byte else { return UInt32(readByte(port.rawValue, now: now)) }
        let value = LittleEndian.number(byteCount: size.byteCount) { index in
            readByte(port.rawValue &+ UInt16(index), now: now)
        }
        return UInt32(truncatingIfNeeded: value)
    }

    /// Handles a write to a port, and returns a signal if the write means something beyond the board.
    public mutating func writePort(_ port: Port, _ size: AccessSize, _ value: UInt32, now: MachineTime) -> BoardSignal?
    {
        advanceTimers(to: now)
        let owner = ports[port.rawValue]
        var signal: BoardSignal?
        if owner.takesWholeAccesses, writeWhole(owner, port, size, value, &signal, now: now) { return signal }
        guard size != .byte else { return writeByte(port.rawValue, UInt8(truncatingIfNeeded: value), now: now) }
        for index in 0..<UInt16(size.rawValue) {
            let byte = LittleEndian.byte(Int(index), of: value)
            signal = writeByte(port.rawValue &+ index, byte, now: now) ?? signal
        }
        return signal
    }
}

// MARK: Devices that handle an access of any width at once

extension PCBoard {
    private mutating func readWhole(_ owner: PortOwner, _ port: Port, _ size: AccessSize, now: MachineTime) -> UInt32? {
        switch owner {
        case .exit: return exitPort.read()
        case .pci:
            guard let value = pci.read(port, size) else { return nil }
            updatePCILines()
            return value
        case .idePrimary: return readDrive(.primary, port, size, now: now)
        case .ideSecondary: return readDrive(.secondary, port, size, now: now)
        case .busMaster: return pci.ide.readBusMaster(at: port.rawValue &- (busMasterBase ?? 0), size)
        case .power:
            defer { updatePowerLine() }
            return powerManagement.read(at: port.rawValue &- (powerBase ?? 0), size, now: now)
        case .firmwareConfiguration:
            return FirmwareConfiguration.Register(rawValue: port.rawValue).map { firmwareConfiguration.read($0, size) }
        default: return nil
        }
    }

    /// Reads a register of a drive. Nil for a word, which the bus splits into two accesses of a byte. Only the data
    /// register can be read with 32 bits; such a read of another register gives ones, as in QEMU.
    private mutating func readDrive(
        _ channel: IDEChannel,
        _ port: Port,
        _ size: AccessSize,
        now: MachineTime
    ) -> UInt32? {
        let register = IDEController.Register(rawValue: port.rawValue - channel.commandPort)
        guard let register, register == .data || size == .byte else { return size == .word ? nil : .max }
        let value = pci.ide.read(channel, register, size, disks: &ideDisks)
        followDrive(channel, now: now)
        return value
    }

    private mutating func writeWhole(
        _ owner: PortOwner,
        _ port: Port,
        _ size: AccessSize,
        _ value: UInt32,
        _ signal: inout BoardSignal?,
        now: MachineTime
    ) -> Bool {
        switch owner {
        case .exit: signal = .exit(code: exitPort.write(value).rawValue)
        case .pci: return writePCI(port, size, value, &signal, now: now)
        case .idePrimary: return writeDrive(.primary, port, size, value, now: now)
        case .ideSecondary: return writeDrive(.secondary, port, size, value, now: now)
        case .busMaster:
            let offset = port.rawValue &- (busMasterBase ?? 0)
            pci.ide.writeBusMaster(at: offset, size, value, disks: &ideDisks, memory: &memory)
            for channel in IDEChannel.allCases { followDrive(channel, now: now) }
        case .power:
            let request = powerManagement.write(at: port.rawValue &- (powerBase ?? 0), size, value, now: now)
            updatePowerLine()
            updateDeadline(after: now)
            if request == .softOff { signal = .powerOff }
        case .firmwareConfiguration:
            guard let register = FirmwareConfiguration.Register(rawValue: port.rawValue) else { return false }
            firmwareConfiguration.write(register, size, value, memory: &memory)
        default: return false
        }
        return true
    }

    /// Writes a register of a drive. False for a word, which the bus splits into two accesses of a byte.
    private mutating func writeDrive(
        _ channel: IDEChannel,
        _ port: Port,
        _ size: AccessSize,
        _ value: UInt32,
        now: MachineTime
    ) -> Bool {
        let register = IDEController.Register(rawValue: port.rawValue - channel.commandPort)
        guard let register, register == .data || size == .byte else { return size == .doubleword }
        pci.ide.write(channel, register, size, value, disks: &ideDisks, memory: &memory)
        followDrive(channel, now: now)
        return true
    }

    private mutating func writePCI(
        _ port: Port,
        _ size: AccessSize,
        _ value: UInt32,
        _ signal: inout BoardSignal?,
        now: MachineTime
    ) -> Bool {
        switch pci.write(port, size, value) {
        case .nothing: return false
        case .address: break
        case .configuration(let notification):
            followConfiguration()
            if let notification { signal = serve(notification, now: now) }
            updatePCILines()
        }
        return true
    }
}

// MARK: Devices that handle single bytes

extension PCBoard {
    private mutating func readByte(_ port: UInt16, now: MachineTime) -> UInt8 {
        switch ports[port] {
        case .interruptController:
            guard let register = InterruptController8259.Register(rawValue: port) else { return 0xFF }
            // A poll acknowledges the interrupt.
            defer { lines.followController() }
            return lines.controller.read(register)
        case .timer: return IntervalTimer8254.Register(rawValue: port).map { timer.read($0, now: now) } ?? 0xFF
        case .realTimeClock:
            guard let register = RealTimeClock.Register(rawValue: port) else { return 0xFF }
            defer {
                updateClockLine()
                updateDeadline(after: now)
            }
            return realTimeClock.read(register, now: now)
        case .keyboard:
            guard let register = KeyboardController8042.Register(rawValue: port) else { return 0xFF }
            defer { updateKeyboardLines() }
            return keyboard.read(register)
        case .serial1:
            guard let register = UART16550.Register(rawValue: port - SerialPort.com1.rawValue) else { return 0xFF }
            defer { updateSerialLine1() }
            return serial1.read(register)
        case .serial2:
            guard let register = UART16550.Register(rawValue: port - SerialPort.com2.rawValue) else { return 0xFF }
            defer { updateSerialLine2() }
            return serial2.read(register)
        case .systemControlA: return systemControlA.read()
        case .systemControlB:
            timer.advance(to: now)
            return systemControlB.read(timerOutput: timer.output(of: .two), now: now)
        case .post: return post.read()
        case .debugConsole: return debugConsole.read()
        case .vga: return VGA.Register(rawValue: port).map { vga.read($0, now: now) } ?? 0xFF
        case .idePrimary: return UInt8(truncatingIfNeeded: readDrive(.primary, Port(port), .byte, now: now) ?? .max)
        case .ideSecondary: return UInt8(truncatingIfNeeded: readDrive(.secondary, Port(port), .byte, now: now) ?? .max)
        case .idePrimaryControl: return pci.ide.readControl(.primary)
        case .ideSecondaryControl: return pci.ide.readControl(.secondary)
        case .pci where port == SystemPort.resetControl: return resetControl.read()
        case .firmwareConfiguration: return firmwareConfiguration.readAddressByte(at: port) ?? 0xFF
        case .nobody:
            unclaimed?.note(port, isWrite: false)
            return 0xFF
        case .exit, .pci, .powerCommand, .power, .busMaster: return 0xFF
        }
    }

    private mutating func writeByte(_ port: UInt16, _ value: UInt8, now: MachineTime) -> BoardSignal? {
        switch ports[port] {
        case .interruptController:
            guard let register = InterruptController8259.Register(rawValue: port) else { return nil }
            lines.controller.write(register, value)
            lines.followController()
        case .timer:
            guard let register = IntervalTimer8254.Register(rawValue: port) else { return nil }
            timer.write(register, value, now: now)
            updateTimerLine()
            updateDeadline(after: now)
        case .realTimeClock:
            guard let register = RealTimeClock.Register(rawValue: port) else { return nil }
            realTimeClock.write(register, value, now: now)
            updateClockLine()
            updateDeadline(after: now)
        case .keyboard:
            guard let register = KeyboardController8042.Register(rawValue: port) else { return nil }
            defer { updateKeyboardLines() }
            let resets = keyboard.write(register, value)
            if let isLetThrough = keyboard.takeAddressLine20() { maskAddressLine20(!isLetThrough) }
            return resets ? .reset : nil
        case .serial1:
            guard let register = UART16550.Register(rawValue: port - SerialPort.com1.rawValue) else { return nil }
            defer { updateSerialLine1() }
            return serial1.write(register, value).map { .console($0) }
        case .serial2:
            guard let register = UART16550.Register(rawValue: port - SerialPort.com2.rawValue) else { return nil }
            _ = serial2.write(register, value)
            updateSerialLine2()
        case .debugConsole:
            let isShown = setup.showsFirmwareLog || port != DebugConsole.Register.firmware.rawValue
            return isShown ? .console(debugConsole.write(value)) : nil
        case .vga: if let register = VGA.Register(rawValue: port) { vga.write(register, value) }
        case .nobody: unclaimed?.note(port, isWrite: true)
        default: return writeControlByte(port, value, now: now)
        }
        return nil
    }

    private mutating func writeControlByte(_ port: UInt16, _ value: UInt8, now: MachineTime) -> BoardSignal? {
        switch ports[port] {
        case .systemControlB:
            systemControlB.write(value)
            timer.setSpeakerGate(systemControlB.timerGate, now: now)
        case .systemControlA:
            let resets = systemControlA.write(value)
            maskAddressLine20(!systemControlA.addressLine20)
            return resets ? .reset : nil
        case .pci where port == SystemPort.resetControl: return resetControl.write(value) == nil ? nil : .reset
        case .post: post.write(value)
        case .idePrimary: _ = writeDrive(.primary, Port(port), .byte, UInt32(value), now: now)
        case .ideSecondary: _ = writeDrive(.secondary, Port(port), .byte, UInt32(value), now: now)
        case .idePrimaryControl: writeDriveControl(.primary, value)
        case .ideSecondaryControl: writeDriveControl(.secondary, value)
        case .powerCommand:
            powerManagement.writeCommand(value)
            updatePowerLine()
            updateDeadline(after: now)
        default: break
        }
        return nil
    }

    private mutating func writeDriveControl(_ channel: IDEChannel, _ value: UInt8) {
        pci.ide.writeControl(channel, value)
        updateDriveLine(channel)
    }
}
