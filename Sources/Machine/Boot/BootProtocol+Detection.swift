public import Platform

extension BootProtocol {
    /// The protocol that suits a file's contents.
    ///
    /// What a kernel says about itself counts before what its file happens to look like. The order is: a multiboot
    /// header, ELF with its notes (Solo5's first), Linux's setup header, a flash chip's size and reset vector, a boot
    /// sector's signature. Anything else is flat. But a disk with a boot sector is a disk, even if it holds a program
    /// that has a header of its own, as GRUB has.
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
