public import Devices
internal import Platform

extension PCBoard {
    /// Whether a maskable interrupt waits for the processor.
    public var interruptRequested: Bool { lines.isRequested }

    /// The processor takes the interrupt. Returns its vector.
    public mutating func acknowledgeInterrupt() -> UInt8 { lines.acknowledge() }

    /// Whether a non-maskable interrupt waits for the processor.
    public var nonMaskableInterruptRequested: Bool { lines.isNonMaskableRequested }

    /// The processor takes the non-maskable interrupt. Returns false if there is none.
    public mutating func acknowledgeNonMaskableInterrupt() -> Bool { lines.takeNonMaskable() }

    /// Whether a device may still raise a non-maskable interrupt without an access by the guest. It may if one of its
    /// lines leads to a non-maskable interrupt, and the device has something due or may get console input.
    public func expectsNonMaskableInterrupt(at now: MachineTime) -> Bool {
        let lines = lines.nonMaskableLines
        guard lines != 0 else { return false }
        var rising = UInt32(1) << UInt32(InterruptLine.serial1)
        func add(_ line: Int, if isDue: Bool) { if isDue { rising |= 1 << UInt32(line) } }
        add(InterruptLine.timer, if: timer.nextDeadline(after: now) != nil)
        add(InterruptLine.realTimeClock, if: realTimeClock.nextDeadline(after: now) != nil)
        add(InterruptLine.power, if: powerManagement.nextDeadline(after: now) != nil)
        for channel in IDEChannel.allCases {
            add(channel.interruptNumber, if: drivePauses[Int(channel.rawValue)] != nil)
        }
        if !diskPauses.isEmpty || receivesConsoleInMemory || pci.network?.isRunning == true {
            rising |= pci.virtioLines
        }
        return lines & rising != 0
    }

    mutating func updateTimerLine() {
        if timer.takeInterruptEdge() { lines.pulse(InterruptLine.timer) }
    }

    mutating func updateClockLine() {
        lines.set(InterruptLine.realTimeClock, realTimeClock.interruptLine)
    }

    mutating func updatePowerLine() { lines.set(InterruptLine.power, powerManagement.interruptLine) }

    mutating func updateSerialLine1() { lines.set(InterruptLine.serial1, serial1.interruptLine) }

    mutating func updateSerialLine2() { lines.set(InterruptLine.serial2, serial2.interruptLine) }

    mutating func updateKeyboardLines() {
        if keyboard.takeKeyboardEdge() { lines.pulse(InterruptLine.keyboard) }
        if keyboard.takeAuxiliaryEdge() { lines.pulse(InterruptLine.mouse) }
        lines.set(InterruptLine.keyboard, keyboard.keyboardInterruptLine)
        lines.set(InterruptLine.mouse, keyboard.auxiliaryInterruptLine)
    }

    mutating func updateDriveLine(_ channel: IDEChannel) {
        if pci.ide.takeInterruptEdge(channel) { lines.pulse(channel.interruptNumber) }
        lines.set(channel.interruptNumber, pci.ide.interruptLine(channel))
    }

    mutating func updatePCILines() { lines.setPCI(pci.interruptLines) }
}
