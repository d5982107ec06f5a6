import ByteCoding

/// `struct boot_params`, the zero page (Documentation/arch/x86/zero-page.rst).
struct BootParameters {
    private let header: [UInt8]
    private let map: MemoryMap
    /// Where the command line is.
    var commandLine: UInt64 = 0
    /// Where the initial RAM disk is, and its size.
    var initialRAMDisk: (address: UInt64, size: UInt64)?

    private static let size = 4096

    /// - Parameter header: the setup header, as it is in a bzImage from 0x1F1 on.
    init(header: [UInt8], map: MemoryMap) {
        self.header = header
        self.map = map
    }

    /// The setup header for a kernel that comes without one: the fields that a loader has to fill in.
    static var headerForELF: [UInt8] {
        var page = Page()
        page.set(UInt16(0xAA55), at: 0x1FE)
        page.set(LinuxSetupHeader.magic, at: 0x202)
        page.set(UInt16(0x020F), at: 0x206)  // protocol 2.15
        page.set(UInt32(0x0100_0000), at: 0x230)  // kernel_alignment
        return Array(page.bytes[Int(LinuxSetupHeader.start)..<0x268])
    }

    /// The page as the kernel reads it.
    var bytes: [UInt8] {
        var page = Page()
        // screen_info: 80x25 VGA text (mode 3).
        page.set(UInt8(3), at: 0x06)
        page.set(UInt8(80), at: 0x07)
        page.set(UInt8(25), at: 0x0E)
        page.set(UInt8(1), at: 0x0F)
        page.set(UInt16(16), at: 0x10)
        page.set(ACPITables.pointerAddress, at: 0x70)  // acpi_rsdp_addr
        page.set(map.upperKiB, at: 0x1E0)  // alt_mem_k
        page.replace(with: header, at: Int(LinuxSetupHeader.start))
        page.set(UInt8(0xFF), at: 0x210)  // type_of_loader: one without a number of its own
        page.set(UInt32(truncatingIfNeeded: commandLine), at: 0x228)
        page.set(UInt32(truncatingIfNeeded: commandLine >> 32), at: 0xC8)
        if let disk = initialRAMDisk {
            page.set(UInt32(truncatingIfNeeded: disk.address), at: 0x218)
            page.set(UInt32(truncatingIfNeeded: disk.address >> 32), at: 0xC0)
            page.set(UInt32(truncatingIfNeeded: disk.size), at: 0x21C)
            page.set(UInt32(truncatingIfNeeded: disk.size >> 32), at: 0xC4)
        }
        page.set(UInt8(map.entries.count), at: 0x1E8)
        for (index, entry) in map.entries.enumerated() {
            page.set(entry.start, at: 0x2D0 + index * 20)
            page.set(entry.size, at: 0x2D8 + index * 20)
            page.set(entry.kind.rawValue, at: 0x2E0 + index * 20)
        }
        return page.bytes
    }

    private struct Page {
        private(set) var bytes = [UInt8](repeating: 0, count: BootParameters.size)

        mutating func set<Value: FixedWidthInteger>(_ value: Value, at offset: Int) {
            var writer = ByteWriter()
            writer.write(value)
            replace(with: writer.bytes, at: offset)
        }

        mutating func replace(with new: [UInt8], at offset: Int) {
            bytes.replaceSubrange(offset..<offset + new.count, with: new)
        }
    }
}
