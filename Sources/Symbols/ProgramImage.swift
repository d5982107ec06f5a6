internal import CDwarf
internal import TraceFormat
internal import X86

/// What is read of a program's file once.
struct ProgramImage {
    private(set) var symbols: [GuestSymbol] = []
    private(set) var start: UInt64 = 0
    let isRelocatable: Bool
    private(set) var buildID: (bytes: [UInt8], address: UInt64)?
    /// What libdw adds to the file's addresses.
    let bias: UInt64

    /// Sections whose addresses nothing in the guest has: Linux copies them for each processor.
    private static let copiedSections: Set<String> = [".data..percpu"]
    /// The kinds of symbols that name places: those without a type, data and functions.
    private static let namedKinds: ClosedRange<UInt8> = 0...2

    /// Reads the file of a module whose ELF file is open.
    init(_ module: OpaquePointer, _ elf: OpaquePointer, bias: GElf_Addr) {
        var header = GElf_Ehdr()
        // SAFETY: the caller lends valid handles; the calls fill the structures that they are given.
        _ = unsafe gelf_getehdr(elf, &header)
        let isModule = header.e_type == ET_REL
        isRelocatable = isModule || header.e_type == ET_DYN
        let sections = unsafe Self.sections(of: elf)
        // A kernel module's sections get addresses of libdw's choice: those in .text are made offsets.
        let text = isModule ? unsafe Self.textAddress(of: module, elf) : nil
        self.bias = text ?? bias
        let count = unsafe dwfl_module_getsymtab(module)
        for number in 0..<max(0, count) where symbols.count < GuestSymbol.mostInTrace {
            var (symbol, address, section) = (GElf_Sym(), GElf_Addr(), GElf_Word())
            guard
                let name = unsafe dwfl_module_getsym_info(module, number, &symbol, &address, &section, nil, nil),
                Self.namedKinds.contains(symbol.st_info & 0xF), section != 0, Int(section) < sections.count
            else { continue }
            let sectionName = sections[Int(section)]
            guard isModule ? sectionName == ".text" : !Self.copiedSections.contains(sectionName) else { continue }
            let text = unsafe String(cString: name)
            guard !text.isEmpty else { continue }
            symbols.append(
                GuestSymbol(name: text, address: GuestVirtualAddress(address &- self.bias), size: symbol.st_size)
            )
        }
        symbols.sort { ($0.address, $0.name) < ($1.address, $1.name) }
        var low: Dwarf_Addr = 0
        _ = unsafe dwfl_module_info(module, nil, &low, nil, nil, nil, nil, nil)
        start = text == nil ? low &- bias : 0
        var (bits, address): (UnsafePointer<UInt8>?, GElf_Addr) = (nil, 0)
        let length = unsafe dwfl_module_build_id(module, &bits, &address)
        if length > 0, let bits = unsafe bits {
            // SAFETY: libdw says that so many bytes are there, and they live as long as the module.
            buildID = (unsafe Array(UnsafeBufferPointer(start: bits, count: Int(length))), address &- bias)
        }
    }

    /// The names of all sections, by number.
    private static func sections(of elf: OpaquePointer) -> [String] {
        var count = 0
        var names = 0
        guard unsafe elf_getshdrnum(elf, &count) == 0, unsafe elf_getshdrstrndx(elf, &names) == 0 else { return [] }
        return (0..<count).map { number in
            var header = GElf_Shdr()
            guard let section = unsafe elf_getscn(elf, number), unsafe gelf_getshdr(section, &header) != nil,
                let name = unsafe elf_strptr(elf, names, Int(header.sh_name))
            else { return "" }
            return unsafe String(cString: name)
        }
    }

    /// The address that libdw has given to `.text`.
    private static func textAddress(of module: OpaquePointer, _ elf: OpaquePointer) -> UInt64? {
        guard let number = unsafe sections(of: elf).firstIndex(of: ".text") else { return nil }
        var (header, bias) = (GElf_Shdr(), GElf_Addr())
        // libdw writes the addresses that it chose into the section headers of its copy.
        guard let section = unsafe elf_getscn(elf, number), unsafe gelf_getshdr(section, &header) != nil,
            unsafe dwfl_module_getelf(module, &bias) != nil
        else { return nil }
        return header.sh_addr &+ bias
    }
}
