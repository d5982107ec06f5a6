import Platform
import Testing

@testable import Machine

@Suite struct BootProtocolTests {
    /// An image whose reset vector holds `first`.
    private static func flash(_ count: Int, resetVector first: UInt8) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        bytes[count - 16] = first
        return bytes
    }

    @Test(arguments: [0x1_0000, 0x2_0000, 0x4_0000, 0x10_0000])
    func aFlashChipWithAFarJumpAtItsEndIsFirmware(count: Int) throws {
        #expect(try BootProtocol.detect(Self.flash(count, resetVector: 0xEA)) == .firmware)
    }

    @Test(
        arguments: [
            flash(0x1_0000, resetVector: 0x90), flash(0x1_0200, resetVector: 0xEA), flash(0x8000, resetVector: 0xEA),
            flash(512, resetVector: 0xEA), [0xEA],
        ]
    )
    func whatSaysNothingIsFlat(bytes: [UInt8]) throws {
        #expect(try BootProtocol.detect(bytes) == .flat)
    }

    @Test(arguments: [512, 1024, 1 << 20])
    func wholeSectorsWithASignatureAreABootSector(count: Int) throws {
        var bytes = [UInt8](repeating: 0, count: count)
        (bytes[510], bytes[511]) = (0x55, 0xAA)
        #expect(try BootProtocol.detect(bytes) == .sector)
    }

    /// A disk with a boot sector, an entry in its partition table, and a program with a multiboot header at an offset.
    private static func disk(partition: [UInt8] = [], multibootAt offset: Int? = nil) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 32768)
        (bytes[510], bytes[511]) = (0x55, 0xAA)
        bytes.replaceSubrange(0x1BE..<0x1BE + partition.count, with: partition)
        let header = SampleHeader.multiboot()
        if let offset { bytes.replaceSubrange(offset..<offset + header.count, with: header) }
        return bytes
    }

    /// Active, kind 0x83, from sector 63 on, 64 sectors.
    private static let partition: [UInt8] = [0x80, 0, 2, 0, 0x83, 0, 0, 0, 63, 0, 0, 0, 64, 0, 0, 0]

    @Test(
        arguments: [
            disk(partition: partition), disk(partition: partition, multibootAt: 0x1000), disk(multibootAt: 0x1000),
            disk(partition: [0x12, 0x34, 0, 0, 7], multibootAt: 512),
        ]
    )
    func aDiskIsADiskWhateverLiesOnIt(bytes: [UInt8]) throws {
        #expect(try BootProtocol.detect(bytes) == .sector)
    }

    @Test func aProgramThatBeginsWithItsHeaderIsNoDisk() throws {
        #expect(try BootProtocol.detect(Self.disk(multibootAt: 0x40)) == .multiboot)
        #expect(try BootProtocol.detect(Self.disk(multibootAt: 0x1000) + [0]) == .multiboot)
    }

    @Test func aSetUpHeaderIsLinux() throws {
        #expect(try BootProtocol.detect(SampleBzImage().bytes) == .linux)
    }

    @Test(arguments: [SampleELF(wide: false), SampleELF(wide: true)])
    func aMultibootHeaderGoesBeforeWhatTheFileIs(elf: SampleELF) throws {
        #expect(try BootProtocol.detect(elf.with(content: SampleHeader.multiboot()).bytes) == .multiboot)
        #expect(try BootProtocol.detect(elf.with(content: SampleHeader.multiboot2()).bytes) == .multiboot2)
    }

    @Test func a64BitELFFileIsLinuxUnlessItsNotesSayOtherwise() throws {
        #expect(try BootProtocol.detect(SampleELF(wide: true).bytes) == .linux)
        #expect(try BootProtocol.detect(SampleELF(wide: true).with(notes: [.physicalEntry(0x10_0000)]).bytes) == .pvh)
        #expect(
            try BootProtocol.detect(
                SampleELF(wide: true).with(notes: [.physicalEntry(0x10_0000), .xenGuestLinux]).bytes
            ) == .linux
        )
    }

    @Test func a32BitELFFileMustSayHowItIsEntered() throws {
        #expect(try BootProtocol.detect(SampleELF(wide: false).with(notes: [.physicalEntry(0x10_0000)]).bytes) == .pvh)
        #expect(throws: MachineError.self) { try BootProtocol.detect(SampleELF(wide: false).bytes) }
    }
}
