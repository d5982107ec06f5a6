public import Devices
internal import Platform
internal import X86

extension PCBoard {
    /// Lets devices answer where configuration space now says.
    mutating func followConfiguration() {
        windows = pci.windows
        let busMaster = pci.ide.function.baseAddress(IDEController.busMasterBaseAddress).map(
            UInt16.init(truncatingIfNeeded:)
        )
        if busMaster != busMasterBase {
            move(.busMaster, from: busMasterBase, to: busMaster, count: IDEController.busMasterPortCount)
            busMasterBase = busMaster
        }
        let power = pci.power.portBase
        if power != powerBase {
            move(.power, from: powerBase, to: power, count: PowerRegister.portCount)
            powerBase = power
        }
    }

    private mutating func move(_ owner: PortOwner, from old: UInt16?, to new: UInt16?, count: UInt16) {
        if let old { ports.release(old, count, from: owner) }
        if let new { ports.claim(new, count, for: owner) }
    }

    /// Serves a queue that a driver has filled, and returns a signal if that means something beyond the board.
    mutating func serve(_ notification: PCIBus.Notification, now: MachineTime) -> BoardSignal? {
        switch notification.slot {
        case .disk(let number): serveDisk(number, now: now)
        case .entropy: pci.entropy.service(numbers: &randomness, memory: &memory)
        case .console:
            switch VirtioConsole.Queue(rawValue: notification.queue) {
            case .transmit:
                let bytes = pci.console.transmit(memory: &memory)
                guard !bytes.isEmpty else { return nil }
                showsOnVirtio = true
                return .text(bytes)
            // There is room for console input. The run asks for input when there is some.
            case .receive, nil: break
            }
        case .network:
            // The run looks for packets by itself when the driver has made room for some.
            guard notification.queue == VirtioNetwork.Queue.transmit.rawValue else { return nil }
            pci.network?.transmit(memory: &memory) { setup.network?.link.send($0) }
        case .hostBridge, .isaBridge, .ide, .power: break
        }
        return nil
    }
}

// MARK: Disks that take their time

extension PCBoard {
    /// Serves a virtio disk's requests: all of them, or a part now and the rest later.
    private mutating func serveDisk(_ number: Int, now: MachineTime) {
        let batch = setup.diskBatch?()
        let hasMore = pci.disks[number].service(
            disk: &virtioDisks[number],
            memory: &memory,
            limit: batch?.count ?? .max
        )
        guard let batch else { return }
        diskPauses[number] = hasMore ? now.advanced(byNanoseconds: batch.pause) : nil
        updateDeadline(after: now)
    }

    /// Lets the disks continue that have paused long enough.
    mutating func advanceDisks(to now: MachineTime) {
        for (number, time) in diskPauses where time <= now { serveDisk(number, now: now) }
        updatePCILines()
    }

    /// Updates what follows from an access to a channel's drive.
    mutating func followDrive(_ channel: IDEChannel, now: MachineTime) {
        pace(channel, now: now)
        updateDriveLine(channel)
    }

    /// Delays the end of the work that a channel's drive has just been given.
    private mutating func pace(_ channel: IDEChannel, now: MachineTime) {
        guard let diskBatch = setup.diskBatch, pci.ide.isBusy(channel), drivePauses[Int(channel.rawValue)] == nil else {
            return
        }
        drivePauses[Int(channel.rawValue)] = now.advanced(byNanoseconds: diskBatch().pause)
        updateDeadline(after: now)
    }

    /// Finishes the drives that have been busy long enough. They moved their data when they got the command.
    mutating func finishDriveWork(until now: MachineTime) {
        for channel in IDEChannel.allCases {
            guard let end = drivePauses[Int(channel.rawValue)], end <= now else { continue }
            drivePauses[Int(channel.rawValue)] = nil
            pci.ide.finishWork(channel)
            updateDriveLine(channel)
        }
    }

    /// Whether a disk continues by then or a packet comes, and so data moves.
    public func writesMemory(by now: MachineTime) -> Bool {
        diskPauses.values.contains { $0 <= now } || deliversPackets(by: now)
    }
}

extension PCIBus {
    /// Where firmware would have put the devices.
    enum Place {
        static let busMaster: UInt32 = 0xC000
        /// The lines to which PIRQA# to PIRQD# lead.
        static let routes: [UInt32] = [10, 10, 11, 11]
    }

    /// Values of the command register.
    private enum Command {
        static let memoryAndBusMaster: UInt32 = 0b110
        static let portsAndBusMaster: UInt32 = 0b101
    }

    /// Configures the devices as SeaBIOS does: addresses, interrupt routes, and the interrupt line of each.
    mutating func setUp() {
        for (index, route) in Place.routes.enumerated() {
            isaBridge.function.write(at: ISABridgePIIX3.firstRoute + UInt8(index), .byte, route)
        }
        for (index, slot) in virtioSlots.enumerated() {
            let line = isaBridge.interruptLine(device: slot.device, pin: 1) ?? 0
            let address = AddressSpace.pciMemory.lowerBound + UInt32(index) * VirtioTransport.byteCount
            self[slot].write(at: PCIRegister.baseAddress0.rawValue, .doubleword, address)
            self[slot].write(at: PCIRegister.interruptLine.rawValue, .byte, UInt32(line))
            self[slot].write(at: PCIRegister.command.rawValue, .word, Command.memoryAndBusMaster)
        }
        ide.function.write(
            at: PCIRegister.baseAddress(IDEController.busMasterBaseAddress),
            .doubleword,
            Place.busMaster
        )
        ide.function.write(at: PCIRegister.command.rawValue, .word, Command.portsAndBusMaster)
        power.function.write(at: PowerFunctionRegister.base, .doubleword, UInt32(PowerRegister.usualBase))
        power.function.write(at: PowerFunctionRegister.miscellaneous, .byte, 1)
        power.function.write(at: PCIRegister.interruptLine.rawValue, .byte, UInt32(InterruptLine.power))
    }
}
