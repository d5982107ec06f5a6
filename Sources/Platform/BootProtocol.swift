/// How a guest is loaded into memory and entered.
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
    /// Code and data exactly as in the file, entered at the first byte.
    case flat
}
