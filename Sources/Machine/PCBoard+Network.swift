public import Devices
internal import Platform

extension PCBoard {
    /// The time at which a packet comes for which the guest may have room, if it is known beforehand.
    var nextPacketTime: MachineTime? {
        awaitsRoomForPackets ? nil : setup.network?.link.nextArrival
    }

    /// Looks for packets that have come for the guest. They wait while no driver uses the card.
    public mutating func packetArrival(at now: MachineTime) -> PacketArrival {
        guard let link = setup.network?.link else { return .none }
        // Looking for packets shows whether the peer has hung up.
        let hasPacket = link.hasPacket(at: now)
        if link.isClosed { pci.network?.isLinkUp = false }
        defer { updatePCILines() }
        guard hasPacket else { return .none }
        return pci.network?.hasRoom(memory: &memory) == true ? .ready : .waiting
    }

    /// Gives the guest packets that have come, as many as it has room for and at most `limit`. Guest memory must be
    /// open for changes.
    public mutating func receivePackets(at now: MachineTime, limit: Int) {
        guard let link = setup.network?.link else { return }
        var left = limit
        while left > 0, pci.network?.hasRoom(memory: &memory) == true, let packet = link.receive(at: now) {
            pci.network?.receive(packet, memory: &memory)
            left -= 1
        }
        updatePCILines()
    }

    /// Gives the guest the packets whose time was known and has come.
    mutating func advanceNetwork(to now: MachineTime) {
        guard let time = nextPacketTime, time <= now else { return }
        switch packetArrival(at: now) {
        case .none: break
        case .waiting: awaitsRoomForPackets = true
        case .ready: receivePackets(at: now, limit: .max)
        }
        updateDeadline(after: now)
    }

    /// Notices that the driver may have made room, or has begun or ceased to use the card.
    mutating func followNetworkDriver(now: MachineTime) {
        guard setup.network != nil else { return }
        awaitsRoomForPackets = false
        updateDeadline(after: now)
    }

    /// Whether ``advanceNetwork(to:)`` gives the guest something.
    func deliversPackets(by now: MachineTime) -> Bool {
        nextPacketTime.map { $0 <= now } ?? false
    }
}
