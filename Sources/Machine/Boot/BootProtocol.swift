/// How a guest is put into memory and entered.
public enum BootProtocol: String, CaseIterable, Hashable, Sendable {
    /// Multiboot 1: 32-bit protected mode, EBX points to a multiboot information structure.
    case multiboot
    /// Multiboot 2: the same with an information structure made of tags.
    case multiboot2
    /// Linux's 64-bit boot protocol: a bzImage, or an ELF64 image such as `vmlinux`; RSI points to `boot_params`.
    case linux
    /// PVH: an ELF image with the Xen note PHYS32_ENTRY; 32-bit protected mode, EBX points to `hvm_start_info`.
    case pvh
    /// Solo5 HVT: a unikernel, an ELF64 image with Solo5's notes; 64-bit mode, RDI points to `hvt_boot_info`.
    case hvt
    /// PC firmware: mapped below 4 GiB, entered by RESET.
    case firmware
    /// A boot sector: 512 bytes at 0x7C00, real mode, DL names the first hard disk.
    case sector
    /// Code and data as they stand in the file, entered at the first byte.
    case flat

    /// The protocol that a file asks for by what it contains.
    ///
    /// What a kernel says of itself goes before what its file happens to look like: a multiboot header, then ELF with its
    /// notes, Solo5's first, then Linux's set-up header, a flash chip's size and reset vector, a boot sector's signature.
    /// Anything else is flat. But a disk with a boot sector is a disk, though a program lies on it that has a header of its
    /// own: GRUB's.
    public static func detect(_ bytes: [UInt8]) throws(MachineError) -> Self {
        let file = ImageReader(bytes, what: "guest")
        if try BootSectorLoader.looksLikeDisk(file) { return .sector }
        if try Multiboot2Header.offset(in: file) != nil { return .multiboot2 }
        if try MultibootHeader.offset(in: file) != nil { return .multiboot }
        if ELFFile.isELF(file) {
            let elf = try ELFFile(file)
            if try HVTLoader.isUnikernel(elf) { return .hvt }
            let (isLinux, hasPhysicalEntry) = (try elf.isLinux, try elf.physicalEntry != nil)
            if elf.is64Bit, isLinux || !hasPhysicalEntry { return .linux }
            if hasPhysicalEntry { return .pvh }
            throw .unsupported(
                "a 32-bit ELF file with neither a multiboot header nor a PVH note; nothing says how to enter it"
            )
        }
        if LinuxSetupHeader.isPresent(in: file) { return .linux }
        if FirmwareLoader.looksLikeFirmware(file) { return .firmware }
        return BootSectorLoader.looksLikeBootSector(file) ? .sector : .flat
    }
}
