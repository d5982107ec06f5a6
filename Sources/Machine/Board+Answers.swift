public import Devices
public import X86

// A board's answer is recorded in a trace, whose reader accepts no more bits than the access has, and goes to the
// guest, which takes no more either. So it is cut to that size here, between the two, whichever device gave it.
extension Board where Self: ~Copyable {
    /// Answers a read of a port with as many bits as it is wide. Ports that nothing claims read as ones.
    public mutating func answerPort(_ port: Port, _ size: AccessSize, now: MachineTime) -> UInt32 {
        let value = readPort(port, size, now: now)
        return UInt32(truncatingIfNeeded: cut(UInt64(value), to: size.byteCount, of: device(at: port)))
    }

    /// Answers a read of 1 to 8 bytes where there is no memory, with as many bits. Addresses that nothing claims read
    /// as ones.
    public mutating func answerMemory(_ address: GuestPhysicalAddress, _ length: UInt8, now: MachineTime) -> UInt64 {
        let value = readMemory(address, length, now: now)
        return cut(value, to: Int(length), of: device(at: address))
    }

    private func cut(_ value: UInt64, to byteCount: Int, of device: @autoclosure () -> String) -> UInt64 {
        let answer = value & UInt64.max >> UInt64(64 - 8 * min(max(byteCount, 1), 8))
        assert(
            answer == value,
            "\(device()) answers a read of \(byteCount) bytes with 0x\(String(value, radix: 16)), which is wider"
        )
        return answer
    }
}
