internal import Engine
internal import GuestMemory
import X86

/// PC firmware: mapped as ROM that ends at 4 GiB, with its last 128 KiB copied below 1 MiB, and entered by RESET.
enum FirmwareLoader {
    private static let farJump: UInt8 = 0xEA

    /// Whether a file is as large as a flash chip and has a far jump at the reset vector.
    static func looksLikeFirmware(_ file: ImageReader) -> Bool {
        file.count >= 0x1_0000 && file.count % 0x1_0000 == 0 && file.count <= PhysicalLayout.largestFirmware
            && file.integerIfPresent(UInt8.self, at: file.count - 16) == farJump
    }

    static func load(_ bytes: [UInt8], signature: UInt32) throws(MachineError) -> BootImage {
        guard bytes.count % GuestMemory.pageSize == 0, UInt64(bytes.count) <= PhysicalLayout.largestFirmware else {
            throw .unsuitableFirmware(bytes: bytes.count)
        }
        let start = GuestPhysicalAddress(PhysicalLayout.fourGiB - UInt64(bytes.count))
        let shadow = Array(bytes.suffix(PhysicalLayout.firmwareShadowSize))
        let shadowStart = GuestPhysicalAddress(PhysicalLayout.oneMiB - UInt64(shadow.count))
        return BootImage(
            contents: [.unknown(bytes, at: start), .unknown(shadow, at: shadowStart)],
            readOnlyMemory: GuestMemory.Region(address: start, size: UInt64(bytes.count), isReadOnly: true),
            state: .reset(signature: signature)
        )
    }
}
