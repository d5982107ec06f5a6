import ByteCoding
import Engine
internal import GuestMemory
import X86

/// PVH: how Xen enters a kernel without firmware (xen/include/public/arch-x86/hvm/start_info.h).
enum PVHLoader {
    private static let magic: UInt32 = 0x336E_C578
    private static let version: UInt32 = 1

    static func load(_ bytes: [UInt8], _ options: BootOptions, _ map: MemoryMap) throws(MachineError) -> BootImage {
        let elf = try ELFFile(ImageReader(bytes, what: "guest"))
        guard let entry = try elf.physicalEntry else {
            throw .unsupported("this kernel as a PVH guest: it has no PHYS32_ENTRY note")
        }
        guard let entry = UInt32(exactly: entry) else {
            throw .malformed("ELF file", "its PVH entry 0x\(String(entry, radix: 16)) is not below 4 GiB")
        }
        var plan = MemoryPlan(map)
        try elf.load(into: &plan)
        let line = try BootOptions.terminated(options.commandLine)
        let commandLine = try plan.place(line, alignment: 8, .conventional, what: "command line")
        let modules = try placeModule(options.initialRAMDisk, &plan)
        let mapAddress = try plan.place(memoryMap(map), alignment: 8, .conventional, what: "memory map")

        var writer = ByteWriter()
        writer.write(magic)
        writer.write(version)
        writer.write(UInt32(0))  // flags
        writer.write(UInt32(modules == nil ? 0 : 1))
        writer.write(modules ?? 0)
        writer.write(commandLine)
        writer.write(ACPITables.pointerAddress)
        writer.write(mapAddress)
        writer.write(UInt32(map.entries.count))
        writer.write(UInt32(0))
        let information = try plan.place(writer.bytes, alignment: 8, .conventional, what: "PVH start information")

        var state = ProcessorState.protectedMode(entry: entry)
        state[.rbx] = information
        return BootImage(contents: plan.contents, zeros: plan.zeros, state: state, symbols: elf.symbols)
    }

    /// Places the initial RAM disk and a list of modules with this one module. Returns the address of the list.
    private static func placeModule(_ disk: [UInt8]?, _ plan: inout MemoryPlan) throws(MachineError) -> UInt64? {
        guard let disk, !disk.isEmpty else { return nil }
        let address = try plan.place(
            disk,
            alignment: UInt64(GuestMemory.pageSize),
            .highestBelow(PhysicalLayout.fourGiB),
            what: "initial RAM disk"
        )
        var writer = ByteWriter()
        writer.write(address)
        writer.write(UInt64(disk.count))
        writer.write(UInt64(0))  // command line
        writer.write(UInt64(0))
        return try plan.place(writer.bytes, alignment: 8, .conventional, what: "module list")
    }

    private static func memoryMap(_ map: MemoryMap) -> [UInt8] {
        var writer = ByteWriter()
        for entry in map.entries {
            writer.write(entry.start)
            writer.write(entry.size)
            writer.write(entry.kind.rawValue)
            writer.write(UInt32(0))
        }
        return writer.bytes
    }
}
