public import Devices
public import X86

// What a board gives stands in a trace, whose reader takes no more than an access has room for, and goes into the guest, which gets
// no more. So it is cut to that here, between the two, for every device there is.
extension Board where Self: ~Copyable {
    /// Answers a read of a port with as many bits as it asks for; what nobody claims floats to ones.
    public mutating func answerPort(_ port: Port, _ size: AccessSize, now: MachineTime) -> UInt32 {
        let value = readPort(port, size, now: now)
        return UInt32(truncatingIfNeeded: cut(UInt64(value), to: size.byteCount, of: device(at: port)))
    }

    /// Answers a read of memory that is not there, 1 to 8 bytes, with as many bits; what nobody claims floats to ones.
    public mutating func answerMemory(_ address: GuestPhysicalAddress, _ length: UInt8, now: MachineTime) -> UInt64 {
        let value = readMemory(address, length, now: now)
        return cut(value, to: Int(length), of: device(at: address))
    }

    private func cut(_ value: UInt64, to byteCount: Int, of device: @autoclosure () -> String) -> UInt64 {
        let answer = value & UInt64.max >> UInt64(64 - 8 * min(max(byteCount, 1), 8))
        assert(
            answer == value,
            "\(device()) answers a read of \(byteCount) bytes with 0x\(String(value, radix: 16)), which has more"
        )
        return answer
    }
}
