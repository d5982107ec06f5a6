extension RealTimeClock {
    /// What firmware may boot from, numbered as in byte 0x3D of QEMU's CMOS.
    public enum BootDevice: UInt8, Sendable {
        /// A floppy disk.
        case floppy = 1
        /// A hard disk.
        case hardDisk = 2
        /// An optical disc.
        case opticalDisc = 3
        /// The network.
        case network = 4
    }

    /// The bytes that describe the machine to firmware, as SeaBIOS reads them.
    private enum ConfigurationByte: UInt8 {
        case equipment = 0x14
        case baseMemory = 0x15
        case extendedMemory = 0x17
        case measuredExtendedMemory = 0x30
        case memoryAbove16MiB = 0x34
        case thirdBootDevice = 0x38
        case bootDevices = 0x3D
        case memoryAbove4GiB = 0x5B
        case extraProcessors = 0x5F
    }

    private static let kibibyte: UInt64 = 1024
    private static let mebibyte: UInt64 = 1024 * 1024
    /// The unit of the larger sizes.
    private static let block: UInt64 = 64 * 1024

    /// Tells firmware the sizes in bytes of the memory at 0 and the memory at 4 GiB.
    public mutating func describeMemory(below4GiB low: UInt64, above4GiB high: UInt64 = 0) {
        let base = min(low / Self.kibibyte, 640)
        let extended = min(low > Self.mebibyte ? (low - Self.mebibyte) / Self.kibibyte : 0, 0xFFFF)
        let above16 = min(low > 16 * Self.mebibyte ? (low - 16 * Self.mebibyte) / Self.block : 0, 0xFFFF)
        store(base, at: .baseMemory, byteCount: 2)
        store(extended, at: .extendedMemory, byteCount: 2)
        store(extended, at: .measuredExtendedMemory, byteCount: 2)
        store(above16, at: .memoryAbove16MiB, byteCount: 2)
        store(min(high / Self.block, 0xFF_FFFF), at: .memoryAbove4GiB, byteCount: 3)
    }

    /// Tells firmware what to boot from, in order; at most three devices.
    public mutating func describeBootOrder(_ devices: [BootDevice]) {
        let codes = (devices.map(\.rawValue) + [0, 0, 0]).prefix(3)
        // Bit 0 of byte 0x38 skips the check of a floppy's signature.
        store(UInt64(codes[2] << 4 | 1), at: .thirdBootDevice, byteCount: 1)
        store(UInt64(codes[1] << 4 | codes[0]), at: .bootDevices, byteCount: 1)
    }

    /// Tells firmware that there is one processor with a floating-point unit and a keyboard controller with a mouse.
    public mutating func describeEquipment() {
        store(0b0000_0110, at: .equipment, byteCount: 1)
        store(0, at: .extraProcessors, byteCount: 1)
    }

    private mutating func store(_ value: UInt64, at byte: ConfigurationByte, byteCount: UInt8) {
        for offset in 0..<byteCount {
            self[memory: byte.rawValue + offset] = UInt8(truncatingIfNeeded: value >> UInt64(8 * offset))
        }
    }
}
