import ByteCoding
import Engine
import X86

/// Solo5's HVT: a unikernel alone in 64-bit mode, with the checks and the initial state of Solo5's tender
/// (tenders/common/elf.c, tenders/hvt).
enum HVTLoader {
    private static let abiNote: UInt32 = 0x3149_4241  // ABI1
    private static let manifestNote: UInt32 = 0x3154_464D  // MFT1
    /// The versions that have these structures, which are the same in both.
    private static let versions: ClosedRange<UInt32> = 1...2
    private static let target: UInt32 = 1
    /// The targets of unikernels, by number.
    private static let targets = ["", "hvt", "spt", "virtio", "muen", "genode", "xen"]
    /// Bytes of the command line, including the zero at its end.
    static let commandLineSize = 8192
    /// The frequency of the time-stamp counter in Hz: see ``Board/readHidden(_:randomness:now:)``.
    static let counterFrequency: UInt64 = 1_000_000_000

    /// Whether a file says that it is for one of Solo5's tenders.
    static func isUnikernel(_ elf: ELFFile) throws(MachineError) -> Bool { try !elf.solo5Notes(abiNote).isEmpty }

    static func load(
        _ bytes: [UInt8],
        _ options: BootOptions,
        memorySize: UInt64
    ) throws(MachineError) -> BootImage {
        let elf = try ELFFile(ImageReader(bytes, what: "guest"))
        try checkHeader(elf)
        try checkTarget(elf)
        let manifest = try manifest(of: elf)
        let devices = try manifest.devices(options.attachments)
        let program = try HVTProgram(elf, memorySize: memorySize)
        guard program.contains(elf.entry) else {
            throw .malformed("ELF file", "its entry point 0x\(String(elf.entry, radix: 16)) is in none of its segments")
        }
        var contents = HVTMemory.tables(size: memorySize)
        contents.append(
            try bootInformation(
                memorySize: memorySize,
                programEnd: program.end,
                manifest: manifest.encoded(devices),
                commandLine: options.commandLine
            )
        )
        return BootImage(
            contents: contents + program.contents,
            state: .unikernel(entry: elf.entry, memorySize: memorySize),
            symbols: elf.symbols,
            unikernel: Unikernel(regions: try program.regions(), devices: devices, end: program.end)
        )
    }

    private static func checkHeader(_ elf: ELFFile) throws(MachineError) {
        let type: UInt16 = try elf.file.integer(at: 16, "the file type")
        let machine: UInt16 = try elf.file.integer(at: 18, "the machine")
        guard elf.is64Bit, machine == 62 else { throw .unsupported("a unikernel that is not for x86-64") }
        guard type == 2 else { throw .malformed("ELF file", "type \(type); a unikernel is an executable, type 2") }
        let version: UInt32 = try elf.file.integer(at: 20, "the version")
        guard version == 1 else { throw .malformed("ELF file", "version \(version)") }
        let size: UInt16 = try elf.file.integer(at: 52, "the header's size")
        guard size == 64 else { throw .malformed("ELF file", "a header of \(size) bytes") }
    }

    private static func checkTarget(_ elf: ELFFile) throws(MachineError) {
        let notes = try elf.solo5Notes(abiNote)
        guard let note = notes.first else { throw .malformed("unikernel", "it has no ABI note; is it one of Solo5's?") }
        guard notes.count == 1 else { throw .malformed("unikernel", "it has \(notes.count) ABI notes") }
        guard note.count == 16 else {
            throw .malformed("unikernel", "its ABI note has \(note.count) bytes instead of 16")
        }
        let (target, version): (UInt32, UInt32)
        do throws(ByteCodingError) {
            var cursor = ByteCursor(note.rawSpan)
            (target, version) = (try cursor.read(), try cursor.read())
        } catch {
            throw .malformed("unikernel", "its ABI note: \(error)")
        }
        guard target == Self.target else {
            let name = Int(exactly: target).flatMap { targets.indices.contains($0) ? targets[$0] : nil } ?? ""
            throw .unsupported("a unikernel for target \(name.isEmpty ? "\(target)" : name); it must be built for hvt")
        }
        guard versions.contains(version) else {
            throw .unsupported(
                "a unikernel for version \(version) of the HVT ABI; only versions \(versions.lowerBound) to "
                    + "\(versions.upperBound) are supported"
            )
        }
    }

    private static func manifest(of elf: ELFFile) throws(MachineError) -> Manifest {
        let notes = try elf.solo5Notes(manifestNote)
        guard let note = notes.first else { throw .malformed("unikernel", "it has no manifest") }
        guard notes.count == 1 else { throw .malformed("unikernel", "it has \(notes.count) manifests") }
        return try Manifest(note: note)
    }

    /// `struct hvt_boot_info`, followed by what it points to: the manifest and the command line.
    private static func bootInformation(
        memorySize: UInt64,
        programEnd: UInt64,
        manifest: [UInt8],
        commandLine: String
    ) throws(MachineError) -> MemoryContent {
        let line = try BootOptions.terminated(commandLine)
        guard line.count <= commandLineSize else {
            throw .misusedOption("--", "a unikernel's arguments can have at most \(commandLineSize - 1) bytes")
        }
        let structureSize: UInt64 = 40
        let manifestAddress = HVTMemory.bootInformation + structureSize
        var writer = ByteWriter()
        writer.write(memorySize)
        writer.write(programEnd)
        writer.write(counterFrequency)
        writer.write(manifestAddress + UInt64(manifest.count))
        writer.write(manifestAddress)
        writer.write(bytes: manifest)
        writer.write(bytes: line)
        return MemoryContent(address: GuestPhysicalAddress(HVTMemory.bootInformation), bytes: writer.bytes)
    }
}

extension ProcessorState {
    /// How a unikernel is entered: in 64-bit mode, with flat segments, interrupts off, no interrupt table, RDI at the
    /// boot information, and the stack at the end of memory (tenders/hvt/hvt_cpu_x86_64.h).
    fileprivate static func unikernel(entry: UInt64, memorySize: UInt64) -> Self {
        var state = reset(signature: 0)
        state.rip = entry
        state.rflags = 2
        state[.rdx] = 0
        state[.rsp] = memorySize - 8
        state[.rdi] = HVTMemory.bootInformation
        state.segments.cs = Segment(limit: .max, selector: 0x08, accessRights: 0xA099)
        for data in [\Segments.ds, \.es, \.fs, \.gs, \.ss] as [WritableKeyPath<Segments, Segment>] {
            state.segments[keyPath: data] = Segment(limit: .max, selector: 0x10, accessRights: 0xC093)
        }
        state.segments.tr = Segment(accessRights: 0x8B)
        state.segments.ldt = Segment(accessRights: 0x1_0000)
        state.gdt = DescriptorTable(base: HVTMemory.descriptors, limit: HVTMemory.descriptorLimit)
        state.idt = DescriptorTable()
        state.control.cr0 = 0x8001_0031  // PG, WP, NE, ET, PE
        state.control.cr3 = HVTMemory.rootTable
        state.control.cr4 = 0x620  // OSXMMEXCPT, OSFXSR, PAE
        state.control.efer = 0x500  // LMA, LME
        return state
    }
}
