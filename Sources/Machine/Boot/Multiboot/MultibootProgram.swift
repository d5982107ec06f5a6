internal import GuestMemory
import X86

/// What both multiboot versions have in common: the program, its modules and its sections in memory.
struct MultibootProgram {
    /// Where execution begins.
    let entry: UInt32
    let symbols: [ProgramSymbol]
    let modules: [Module]
    let elf: ELFFile?

    /// A module in memory.
    struct Module {
        var start: UInt32
        var end: UInt32
        var module: BootModule
    }

    /// - Parameters:
    ///   - addresses: where the file goes if its header says so; else it must be ELF.
    ///   - entry: where execution begins if the header says so.
    init(
        _ file: ImageReader,
        addresses: LoadAddresses?,
        entry: UInt32?,
        modules: [BootModule],
        plan: inout MemoryPlan
    ) throws(MachineError) {
        let elf: ELFFile? = ELFFile.isELF(file) ? try ELFFile(file) : nil
        let entryPoint: UInt64
        if let addresses {
            try addresses.load(file, into: &plan)
            entryPoint = UInt64(entry ?? addresses.entry)
        } else if let elf {
            try elf.load(into: &plan)
            entryPoint = entry.map(UInt64.init) ?? elf.physicalEntryPoint
        } else {
            throw .malformed("guest", "it has a multiboot header without addresses and is not an ELF file")
        }
        guard let narrow = UInt32(exactly: entryPoint) else {
            throw .malformed("guest", "its entry point 0x\(String(entryPoint, radix: 16)) is not below 4 GiB")
        }
        self.entry = narrow
        self.elf = elf
        symbols = elf?.symbols ?? []
        guard modules.count <= BootOptions.moduleLimit else {
            throw .misusedOption(
                "--module",
                "there are \(modules.count) modules; the limit is \(BootOptions.moduleLimit)"
            )
        }
        var placed: [Module] = []
        for module in modules {
            let start = try plan.place(
                module.bytes,
                alignment: UInt64(GuestMemory.pageSize),
                .aboveProgram,
                what: "module \(module.name)"
            )
            placed.append(
                Module(start: UInt32(start), end: UInt32(start + UInt64(module.bytes.count)), module: module)
            )
        }
        self.modules = placed
    }

    /// The section headers as the program finds them in memory. Sections outside its segments, such as its symbols, are
    /// put there too. Nil if the file has none.
    func sectionHeaders(plan: inout MemoryPlan) throws(MachineError) -> [UInt8]? {
        guard let elf, !elf.sections.isEmpty else { return nil }
        let size: UInt64 = elf.is64Bit ? 64 : 40
        var headers = try elf.file.copy(
            at: elf.sectionHeaderOffset,
            count: size * UInt64(elf.sections.count),
            "the section header table"
        )
        for (index, section) in elf.sections.enumerated() where section.isDetached {
            let what = "ELF section \(index)"
            // If the file or the memory has no room for a section, the section keeps its address, which is nowhere.
            guard let bytes = try? elf.file.copy(at: section.offset, count: section.size, what),
                let address = try? plan.place(bytes, alignment: 16, .aboveProgram, what: what)
            else { continue }
            let field = index * Int(size) + (elf.is64Bit ? 16 : 12)
            for byte in 0..<(elf.is64Bit ? 8 : 4) {
                headers[field + byte] = UInt8(truncatingIfNeeded: address >> UInt64(8 * byte))
            }
        }
        return headers
    }
}

extension ELFFile.Section {
    /// It has bytes in the file but no address.
    fileprivate var isDetached: Bool {
        let (none, noBits): (UInt32, UInt32) = (0, 8)
        return address == 0 && size > 0 && kind != none && kind != noBits
    }
}
