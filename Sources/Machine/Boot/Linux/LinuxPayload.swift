internal import Decompression

/// The kernel within a bzImage, unpacked: an ELF file whose code is known.
///
/// A bzImage unpacks it in the guest, where nobody would know its code. Taken out here, it is entered as the bzImage's own
/// decompressor enters it, at the address for which it was linked: as with `nokaslr`.
struct LinuxPayload {
    let elf: ELFFile

    /// Nil where there is none, it is compressed by another program, or does not fit what the setup header says. The guest can
    /// still unpack it then.
    init?(_ header: LinuxSetupHeader, in bytes: [UInt8]) {
        // The size that it unpacks into ends it, and in gzip's format is its last field.
        let sizeBytes = 4
        guard let range = header.payload, range.count > sizeBytes, let format = CompressedFormat(bytes[range]) else {
            return nil
        }
        let size = bytes[range].suffix(sizeBytes).reversed().reduce(0) { $0 << 8 | UInt64($1) }
        let packed = format == .gzip ? bytes[range] : bytes[range].dropLast(sizeBytes)
        guard size <= header.initialSize, let unpacked = format.unpack(packed, size: Int(size)),
            let elf = try? ELFFile(ImageReader(unpacked, what: "kernel within a bzImage")), elf.is64Bit
        else { return nil }
        let end = header.preferredAddress.addingReportingOverflow(header.initialSize)
        guard !end.overflow, elf.loadable.contains(where: { $0.physicalAddress == header.preferredAddress }),
            elf.loadable.allSatisfy({ segment in
                segment.physicalAddress >= header.preferredAddress && segment.physicalAddress <= end.partialValue
                    && segment.memorySize <= end.partialValue - segment.physicalAddress
            })
        else { return nil }
        self.elf = elf
    }
}
