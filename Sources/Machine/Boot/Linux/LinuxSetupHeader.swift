import ByteCoding
import Engine

/// The setup header of a Linux kernel's bzImage (Documentation/arch/x86/boot.rst, "The Real-Mode Kernel Header").
struct LinuxSetupHeader {
    /// Where the header begins, in the file and in `boot_params`.
    static let start: UInt64 = 0x1F1
    /// "HdrS".
    static let magic: UInt32 = 0x5372_6448
    private static let magicOffset: UInt64 = 0x202
    /// The first version whose header says whether the kernel has a 64-bit entry (xloadflags).
    private static let oldestVersion: UInt16 = 0x020C
    /// Bit 0 of xloadflags: there is a 64-bit entry 0x200 bytes after the kernel's first.
    private static let has64BitEntry: UInt16 = 1

    /// The header's bytes, from 0x1F1 on.
    let bytes: [UInt8]
    /// The kernel itself, which follows the real-mode part.
    let kernel: Range<Int>
    /// The compressed part of the kernel, as offsets in the file; nil if there is none within it.
    let payload: Range<Int>?
    /// The address at which the kernel would like to be.
    let preferredAddress: UInt64
    /// Bytes of memory that it needs from that address on, until it reads the memory map.
    let initialSize: UInt64
    /// Its alignment, if it can be elsewhere.
    let relocatableAlignment: UInt64?
    /// The highest address that a byte of the initial RAM disk may have.
    let initrdLimit: UInt64
    /// The longest command line in bytes, without the zero at its end.
    let commandLineLimit: UInt64

    /// Which of the kernel's bytes may be code: all except the compressed part, if there is one.
    var code: [CodeRange] {
        guard let payload else { return [CodeRange(0..<kernel.count, .searched)] }
        let start = payload.lowerBound - kernel.lowerBound
        let parts = [0..<start, start + payload.count..<kernel.count]
        return parts.filter { !$0.isEmpty }.map { CodeRange($0, .searched) }
    }

    static func isPresent(in file: ImageReader) -> Bool {
        file.integerIfPresent(UInt32.self, at: magicOffset) == magic
            && file.integerIfPresent(UInt16.self, at: 0x1FE) == 0xAA55
    }

    init(_ bytes: [UInt8]) throws(MachineError) {
        let file = ImageReader(bytes, what: "bzImage")
        guard Self.isPresent(in: file) else { throw .malformed("guest", "it is neither a bzImage nor an ELF file") }
        let version: UInt16 = try file.integer(at: 0x206, "the version")
        guard version >= Self.oldestVersion else {
            throw .unsupported(
                "a Linux kernel with boot protocol \(version >> 8).\(version & 0xFF); the first with a 64-bit entry is 2.12"
            )
        }
        let loadFlags: UInt16 = try file.integer(at: 0x236, "xloadflags")
        guard loadFlags & Self.has64BitEntry != 0 else {
            throw .unsupported("a 32-bit Linux kernel; boot it through GRUB")
        }
        let length: UInt8 = try file.integer(at: 0x201, "the header's length")
        let end = Self.magicOffset + UInt64(length)
        guard end >= 0x264, end <= 0x290 else {
            throw .malformed("bzImage", "its setup header ends at 0x\(String(end, radix: 16))")
        }
        self.bytes = try file.copy(at: Self.start, count: end - Self.start, "the setup header")
        let sectors: UInt8 = try file.integer(at: 0x1F1, "setup_sects")
        let kernelStart = (UInt64(sectors == 0 ? 4 : sectors) + 1) * 512
        guard kernelStart < file.count else {
            throw .malformed("bzImage", "it ends before the kernel, which begins at byte \(kernelStart)")
        }
        let paragraphs: UInt32 = try file.integer(at: 0x1F4, "syssize")
        let size = min(UInt64(paragraphs) * 16, file.count - kernelStart)
        // syssize counts units of 16 bytes, and the file's padding may be missing. A file with less than that is
        // truncated.
        guard UInt64(paragraphs) * 16 < size + 16, size > 0x200 else {
            throw .malformed(
                "bzImage",
                "it is truncated: the kernel has \(UInt64(paragraphs) * 16) bytes, of which \(file.count - kernelStart) are there"
            )
        }
        kernel = try file.range(at: kernelStart, count: size, "the kernel")
        let payloadOffset = UInt64(try file.integer(UInt32.self, at: 0x248, "payload_offset"))
        let payloadSize = UInt64(try file.integer(UInt32.self, at: 0x24C, "payload_length"))
        let hasPayload = payloadSize > 0 && payloadOffset + payloadSize <= size
        payload = hasPayload ? try file.range(at: kernelStart + payloadOffset, count: payloadSize, "the payload") : nil
        preferredAddress = try file.integer(at: 0x258, "pref_address")
        let needed: UInt32 = try file.integer(at: 0x260, "init_size")
        initialSize = max(UInt64(needed), size)
        let isRelocatable: UInt8 = try file.integer(at: 0x234, "relocatable_kernel")
        let alignment: UInt32 = try file.integer(at: 0x230, "kernel_alignment")
        guard isRelocatable == 0 || (alignment > 0 && alignment & (alignment - 1) == 0) else {
            throw .malformed("bzImage", "its alignment \(alignment) is not a power of two")
        }
        relocatableAlignment = isRelocatable == 0 ? nil : UInt64(alignment)
        initrdLimit = UInt64(try file.integer(UInt32.self, at: 0x22C, "initrd_addr_max"))
        commandLineLimit = UInt64(try file.integer(UInt32.self, at: 0x238, "cmdline_size"))
    }
}
