import ByteCoding
import Devices
import Engine
internal import GuestMemory
import X86

/// The tables by which a guest that starts without firmware finds the machine's power management, interrupt controllers
/// and PCI bus (ACPI 6.5, chapter 5). They lie where firmware would put them too, in memory that the map declares
/// reserved.
struct ACPITables {
    /// The address of the root pointer.
    static let pointerAddress: UInt64 = 0xF_0000
    /// The sizes in bytes of the root pointer, and of the ACPI 1.0 root pointer with which it begins.
    private static let (pointerSize, firstPointerSize) = (36, 20)

    /// The root pointer.
    let pointer: [UInt8]
    /// Everything, for a machine's memory.
    let contents: [MemoryContent]

    /// The part of the root pointer that a guest of ACPI 1.0 reads.
    var firstPointer: [UInt8] { Array(pointer.prefix(Self.firstPointerSize)) }

    init() {
        var layout = Layout(next: Self.pointerAddress + UInt64(Self.pointerSize))
        let control = layout.place(Self.firmwareControl)
        let description = layout.place(Self.table("DSDT", revision: 2, ACPINamespace.terms))
        let fixed = layout.place(FixedDescription(control: control, description: description).table)
        let interrupts = layout.place(Self.table("APIC", revision: 3, InterruptDescription.body))
        let tables = [fixed, interrupts]
        let first = layout.place(Self.table("RSDT", revision: 1, tables.flatMap { LittleEndian.bytes(of: UInt32($0)) }))
        let root = layout.place(Self.table("XSDT", revision: 1, tables.flatMap { LittleEndian.bytes(of: $0) }))
        pointer = Self.pointer(first: UInt32(first), root: root)
        let start = MemoryContent(address: GuestPhysicalAddress(Self.pointerAddress), bytes: pointer)
        contents = [start] + layout.contents
    }

    /// Places tables one after the other.
    private struct Layout {
        /// The FACS needs it; the others get the same.
        private static let alignment: UInt64 = 64

        var next: UInt64
        var contents: [MemoryContent] = []

        mutating func place(_ bytes: [UInt8]) -> UInt64 {
            let address = (next + Self.alignment - 1) & ~(Self.alignment - 1)
            contents.append(MemoryContent(address: GuestPhysicalAddress(address), bytes: bytes))
            next = address + UInt64(bytes.count)
            return address
        }
    }

    /// RSDP (5.2.5.3).
    private static func pointer(first: UInt32, root: UInt64) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(bytes: Array("RSD PTR ".utf8))
        writer.write(UInt8(0))  // checksum of the first 20 bytes
        writer.write(bytes: maker)
        writer.write(UInt8(2))  // revision
        writer.write(first)
        writer.write(UInt32(pointerSize))
        writer.write(root)
        writer.write(UInt32(0))  // checksum of everything, and three reserved bytes
        var bytes = writer.bytes
        bytes[8] = checksum(bytes.prefix(firstPointerSize))
        bytes[32] = checksum(bytes[...])
        return bytes
    }

    /// FACS (5.2.10): nothing but its name, size and version.
    private static var firmwareControl: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 64)
        bytes.replaceSubrange(0..<4, with: Array("FACS".utf8))
        bytes[4] = UInt8(bytes.count)
        bytes[32] = 2
        return bytes
    }

    private static let maker = Array("RR-VM ".utf8)

    /// A table: the header that all tables have (5.2.6), and the body.
    static func table(_ name: String, revision: UInt8, _ body: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(bytes: Array(name.utf8))
        writer.write(UInt32(36 + body.count))
        writer.write(revision)
        writer.write(UInt8(0))  // checksum
        writer.write(bytes: maker)
        writer.write(bytes: Array("RR-VM PC".utf8))
        writer.write(UInt32(1))  // revision of this machine's tables
        writer.write(bytes: Array("RRVM".utf8))
        writer.write(UInt32(1))
        writer.write(bytes: body)
        var bytes = writer.bytes
        bytes[9] = checksum(bytes[...])
        return bytes
    }

    /// The byte that makes the sum of all bytes zero.
    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt8 { 0 &- bytes.reduce(0, &+) }
}
