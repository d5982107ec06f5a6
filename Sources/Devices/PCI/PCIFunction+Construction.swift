internal import ByteCoding
internal import Platform
import X86

extension PCIFunction {
    /// Sets a register to its hardware value, whatever the guest may write.
    mutating func set(_ offset: UInt8, _ value: some FixedWidthInteger) {
        for (index, byte) in LittleEndian.bytes(of: value).enumerated() { state.bytes[Int(offset) + index] = byte }
    }

    /// Lets the guest write the bits of `mask`.
    mutating func allowWriting(_ offset: UInt8, _ mask: some FixedWidthInteger) {
        for (index, byte) in LittleEndian.bytes(of: mask).enumerated() { state.writable[Int(offset) + index] = byte }
    }

    /// Lets the guest clear the bits of `mask` by writing ones.
    mutating func allowClearing(_ offset: UInt8, _ mask: some FixedWidthInteger) {
        for (index, byte) in LittleEndian.bytes(of: mask).enumerated() { state.clearable[Int(offset) + index] = byte }
    }

    mutating func set(_ register: Register, _ value: some FixedWidthInteger) { set(register.rawValue, value) }

    mutating func allowWriting(_ register: Register, _ mask: some FixedWidthInteger) {
        allowWriting(register.rawValue, mask)
    }

    func read(_ register: Register, _ size: AccessSize) -> UInt32 { read(at: register.rawValue, size) }

    /// Adds a capability to the list (PCI 2.2, 6.7).
    ///
    /// `contents` comes after the identifier and the pointer to the next one.
    mutating func addCapability(_ identifier: UInt8, at offset: UInt8, contents: [UInt8]) {
        set(offset, identifier)
        set(offset + 1, UInt8(0))
        for (index, byte) in contents.enumerated() { set(offset + 2 + UInt8(index), byte) }
        if let last = state.lastCapability {
            set(last + 1, offset)
        } else {
            set(.capabilities, offset)
            set(.status, UInt16(truncatingIfNeeded: read(.status, .word)) | Self.hasCapabilities)
        }
        state.lastCapability = offset
    }

    /// Status register, bit 4.
    private static let hasCapabilities: UInt16 = 1 << 4

    /// Offsets in the header.
    typealias Register = PCIRegister
}
