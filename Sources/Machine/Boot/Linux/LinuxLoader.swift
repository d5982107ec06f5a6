import ByteCoding
import Engine
internal import GuestMemory
import X86

/// Linux's 64-bit boot protocol (Documentation/arch/x86/boot.rst), for a bzImage and for ELF64 images such as `vmlinux`.
enum LinuxLoader {
    /// Where the kernel is entered, and what it expects of its loader.
    private struct Kernel {
        var entry: UInt64
        /// The setup header's bytes, as the kernel expects them in `boot_params`.
        var header: [UInt8]
        var initrdLimit: UInt64
        var commandLineLimit: UInt64
        var symbols: [ProgramSymbol]

        /// What ``header`` asks for.
        init(_ header: LinuxSetupHeader, entry: UInt64, symbols: [ProgramSymbol]) {
            self.entry = entry
            self.header = header.bytes
            initrdLimit = header.initrdLimit
            commandLineLimit = header.commandLineLimit
            self.symbols = symbols
        }

        /// A kernel that comes without a setup header.
        init(_ elf: ELFFile) {
            entry = elf.physicalEntryPoint
            header = BootParameters.headerForELF
            initrdLimit = 0x7FFF_FFFF
            commandLineLimit = 2047
            symbols = elf.symbols
        }
    }

    static func load(_ bytes: [UInt8], _ options: BootOptions, _ map: MemoryMap) throws(MachineError) -> BootImage {
        let file = ImageReader(bytes, what: "guest")
        var plan = MemoryPlan(map)
        let kernel = ELFFile.isELF(file) ? try loadELF(file, &plan) : try loadCompressed(bytes, &plan)

        var parameters = BootParameters(header: kernel.header, map: map)
        let line = try BootOptions.terminated(options.commandLine)
        guard UInt64(line.count) <= kernel.commandLineLimit + 1 else {
            throw .misusedOption(
                "--append",
                "this kernel takes a command line of at most \(kernel.commandLineLimit) bytes"
            )
        }
        parameters.commandLine = try plan.place(line, alignment: 16, .conventional, what: "command line")
        if let disk = options.initialRAMDisk, !disk.isEmpty {
            let address = try plan.place(
                disk,
                alignment: UInt64(GuestMemory.pageSize),
                .highestBelow(kernel.initrdLimit + 1),
                what: "initial RAM disk"
            )
            parameters.initialRAMDisk = (address, UInt64(disk.count))
        }
        let zeroPage = try plan.place(parameters.bytes, alignment: 4096, .conventional, what: "boot parameters")
        let tables = try LongModeTables(in: &plan)
        var state = ProcessorState.longMode(entry: kernel.entry, tables: tables)
        state[.rsi] = zeroPage
        return BootImage(contents: plan.contents, zeros: plan.zeros, state: state, symbols: kernel.symbols)
    }

    private static func loadCompressed(_ bytes: [UInt8], _ plan: inout MemoryPlan) throws(MachineError) -> Kernel {
        let header = try LinuxSetupHeader(bytes)
        // Elsewhere, only its own decompressor knows how to put it.
        if plan.isFree(header.preferredAddress, size: header.initialSize),
            let payload = LinuxPayload(header, in: bytes)
        {
            try payload.elf.load(into: &plan)
            return Kernel(header, entry: payload.elf.physicalEntryPoint, symbols: payload.elf.symbols)
        }
        var address = header.preferredAddress
        if !plan.isFree(address, size: header.initialSize), let alignment = header.relocatableAlignment {
            address = try plan.lowestAddress(size: header.initialSize, alignment: alignment)
        }
        try plan.put(
            Array(bytes[header.kernel]),
            size: header.initialSize,
            at: address,
            code: header.code,
            what: "Linux kernel"
        )
        return Kernel(header, entry: address &+ 0x200, symbols: [])
    }

    private static func loadELF(_ file: ImageReader, _ plan: inout MemoryPlan) throws(MachineError) -> Kernel {
        let elf = try ELFFile(file)
        guard elf.is64Bit else { throw .unsupported("a 32-bit ELF file as a Linux kernel; it has no 64-bit entry") }
        try elf.load(into: &plan)
        return Kernel(elf)
    }
}
