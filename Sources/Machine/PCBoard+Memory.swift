public import Devices
public import X86

extension PCBoard {
    /// A description of what answers at an address where there is no memory.
    public func device(at address: GuestPhysicalAddress) -> String {
        if lines.localOffset(of: address) != nil { return "the local APIC at \(address)" }
        if InterruptLines.ioOffset(of: address) != nil { return "the I/O APIC at \(address)" }
        return windows.first { $0.contains(address.rawValue) }.map { "\($0) at \(address)" } ?? "nobody at \(address)"
    }

    /// Answers a read where there is no memory. Addresses that nothing claims read as ones.
    public mutating func readMemory(_ address: GuestPhysicalAddress, _ length: UInt8, now: MachineTime) -> UInt64 {
        advanceTimers(to: now)
        let address = onBus(address)
        guard let size = AccessSize(rawValue: length) else {
            // A part of an access that crosses a page boundary.
            return (0..<min(UInt64(length), 8)).reduce(0) { value, index in
                value | readMemory(GuestPhysicalAddress(address.rawValue &+ index), 1, now: now) << (8 * index)
            }
        }
        if let offset = lines.localOffset(of: address) {
            return lines.localAPIC.read(at: offset, size, now: now)
        }
        if let offset = InterruptLines.ioOffset(of: address) { return lines.ioAPIC.read(at: offset, size) }
        if let window = windows.first(where: { $0.contains(address.rawValue) }) {
            defer { updatePCILines() }
            return pci.read(window, at: address.rawValue, size)
        }
        unclaimed?.note(address, isWrite: false)
        return size.mask
    }

    /// Handles a write where there is no memory, and returns a signal if the write means something beyond the board.
    public mutating func writeMemory(
        _ address: GuestPhysicalAddress,
        _ length: UInt8,
        _ value: UInt64,
        now: MachineTime
    ) -> BoardSignal? {
        advanceTimers(to: now)
        let address = onBus(address)
        guard let size = AccessSize(rawValue: length) else {
            var signal: BoardSignal?
            for index in 0..<min(UInt64(length), 8) {
                let place = GuestPhysicalAddress(address.rawValue &+ index)
                signal = writeMemory(place, 1, value >> (8 * index) & 0xFF, now: now) ?? signal
            }
            return signal
        }
        if let offset = lines.localOffset(of: address) {
            let ended = lines.localAPIC.write(at: offset, size, value, now: now)
            if let ended { lines.ioAPIC.endInterrupt(ended) }
            lines.deliver()
            updateDeadline(after: now)
            return lines.takeReset() ? .reset : nil
        }
        if let offset = InterruptLines.ioOffset(of: address) {
            lines.ioAPIC.write(at: offset, size, value)
            lines.deliver()
            return nil
        }
        if let window = windows.first(where: { $0.contains(address.rawValue) }) {
            let signal = pci.write(window, at: address.rawValue, size, value).flatMap { serve($0, now: now) }
            if window.slot == .network { followNetworkDriver(now: now) }
            updatePCILines()
            return signal
        }
        unclaimed?.note(address, isWrite: true)
        return nil
    }

    /// The address on the bus for one of the processor's.
    private func onBus(_ address: GuestPhysicalAddress) -> GuestPhysicalAddress {
        masksAddressLine20 ? GuestPhysicalAddress(AddressLine20.masked(address.rawValue)) : address
    }
}
