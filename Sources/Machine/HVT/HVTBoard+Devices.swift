public import Devices
internal import GuestMemory
internal import Platform
internal import X86

// MARK: Block devices

extension HVTBoard {
    private static let sectorSize: UInt64 = 512

    mutating func writeBlocks(_ transfer: HypercallArguments.Transfer) throws(HypercallFault) -> HypercallStatus {
        guard let (index, _) = device(transfer.handle), case .block(var disk, let capacity, let size)? = devices[index],
            transfer.fits(capacity, blockSize: size)
        else { return .invalid }
        let bytes = try take(.storage, .blockWrite, at: transfer.data, count: transfer.length, "data")
        // Removes the device for the moment, so that changing the disk does not copy it.
        devices[index] = nil
        defer { devices[index] = .block(disk, capacity: capacity, blockSize: size) }
        do {
            try disk.write(bytes.span, to: transfer.offset / Self.sectorSize)
            return .done
        } catch {
            return .failed
        }
    }

    mutating func readBlocks(_ transfer: HypercallArguments.Transfer) throws(HypercallFault) -> HypercallStatus {
        guard let (_, device) = device(transfer.handle), case .block(var disk, let capacity, let size) = device,
            transfer.fits(capacity, blockSize: size)
        else { return .invalid }
        try check(.blockRead, at: transfer.data, count: transfer.length, "data", for: .write)
        var bytes = [UInt8](repeating: 0, count: Int(transfer.length))
        var span = bytes.mutableSpan
        do { try disk.read(from: transfer.offset / Self.sectorSize, into: &span) } catch { return .failed }
        try put(bytes, .blockRead, at: transfer.data, "data")
        return .done
    }

    private func device(_ handle: UInt64) -> (Int, Backing)? {
        guard let index = Int(exactly: handle), devices.indices.contains(index), let device = devices[index] else {
            return nil
        }
        return (index, device)
    }
}

extension HypercallArguments.Transfer {
    /// Whether the transfer lies within the device, in whole blocks. Solo5's tender does not check for whole blocks;
    /// the guest's side of the ABI does so before it calls.
    fileprivate func fits(_ capacity: UInt64, blockSize: UInt64) -> Bool {
        offset < capacity && length <= capacity - offset && offset % blockSize == 0 && length % blockSize == 0
            && length <= HVTBoard.largestTransfer
    }
}

// MARK: Network interfaces

extension HVTBoard {
    /// Bytes of a packet's header: two addresses and a type.
    private static let packetHeaderSize: UInt64 = 14

    mutating func sendPacket(_ transfer: HypercallArguments.Transfer) throws(HypercallFault) -> HypercallStatus {
        guard let (_, device) = device(transfer.handle), case .network(let link) = device,
            transfer.length <= UInt64(link.mtu) + Self.packetHeaderSize
        else { return .invalid }
        link.send(try take(.packet, .netWrite, at: transfer.data, count: transfer.length, "data"))
        return .done
    }

    /// The packet's length and the status. Without a packet, the length is the one that the guest gave.
    mutating func receivePacket(
        _ transfer: HypercallArguments.Transfer,
        now: MachineTime
    ) throws(HypercallFault) -> (UInt64, HypercallStatus) {
        guard let (_, device) = device(transfer.handle), case .network(let link) = device else {
            return (transfer.length, .invalid)
        }
        try check(.netRead, at: transfer.data, count: transfer.length, "data", for: .write)
        guard let packet = link.receive(at: now) else { return (transfer.length, .again) }
        // A longer packet is cut off, as when reading one from a socket.
        let bytes = Array(packet.prefix(Int(transfer.length)))
        try put(bytes, .netRead, at: transfer.data, "data")
        return (UInt64(bytes.count), .done)
    }
}

// MARK: Waiting

extension HVTBoard {
    /// The handles of the interfaces that have a packet, as a bit set.
    private func readySet(at now: MachineTime) -> UInt64 {
        devices.enumerated().reduce(0) { set, entry in
            guard case .network(let link)? = entry.element, link.hasPacket(at: now) else { return set }
            return set | 1 << UInt64(entry.offset)
        }
    }

    /// Whether a packet has come, the poll's time is up, or the guest does not wait.
    public mutating func isWaitOver(at now: MachineTime) -> Bool {
        guard let poll else { return true }
        return poll.deadline <= now || readySet(at: now) != 0
    }

    /// The time at which a packet comes, if it is known beforehand.
    public var nextArrival: MachineTime? {
        devices.compactMap { device in
            guard case .network(let link)? = device else { return nil }
            return link.nextArrival
        }.min()
    }

    /// Answers the poll: which interfaces have a packet, and how many.
    public mutating func endWait(at now: MachineTime) {
        guard let poll else { return }
        self.poll = nil
        let ready = readySet(at: now)
        let results = LittleEndianNumbers(ready, Int32(ready.nonzeroBitCount))
        // The address was checked when the call came.
        try? memory.put(results.bytes, at: poll.results)
    }
}
