import EndToEnd
import Testing

/// Images of disks, kernels and RAM disks that are broken or do not fit: one line that says why, the right status, and nothing
/// left behind.
@Suite(.needsKVM) struct BrokenImageTests {
    @Test(
        arguments: [
            ("hello.bin --drive odd.img", 65, "odd.img as a disk: its 513 bytes are not whole sectors"),
            ("hello.bin --drive odd.img,if=virtio", 65, "are not whole sectors"),
            ("hello.bin --drive good.img --drive empty.img", 65, "empty.img as a disk: it is empty"),
            ("hello.bin --drive missing.img", 66, "missing.img as a disk"),
            ("hello.bin --drive .", 66, ". as a disk"),
            ("header.bz", 65, "malformed bzImage"),
            ("setup.bz", 65, "it ends before the kernel, which begins at byte 1024"),
            ("kernel.bz", 65, "it is truncated: the kernel has 4096 bytes, of which 2048 are there"),
            ("whole.bz --initrd large.img --memory 4M", 64, "no room for the initial RAM disk of 8388608 bytes"),
            ("whole.bz --initrd missing.img", 66, "missing.img"),
            ("magic.elf", 65, "malformed ELF file"),
            ("header.elf", 65, "malformed ELF file"),
            ("content.elf", 65, "malformed ELF file"),
            ("elsewhere.elf --memory 16M", 65, "lies outside the guest's memory"),
        ]
    )
    func imageIsRefused(arguments: String, status: Int, says: String) throws {
        for command in ["record", "run"] {
            let directory = try TemporaryDirectory()
            try directory.addBrokenImages()
            let before = try directory.names

            let result = try Command([command] + arguments.split(separator: " ").map(String.init), in: directory).wait()

            #expect(result.status == Int32(status), "\(result.messages)")
            #expect(result.messages.contains(says), "\(result.messages)")
            // Which engine executes a Linux kernel is said before its image is loaded.
            let errors = result.messageLines.filter { !$0.hasPrefix("rr-vm: note: ") }
            #expect(errors.count == 1, "\(result.messages)")
            #expect(result.output.isEmpty)
            #expect(try directory.names == before)
        }
    }
}

extension TemporaryDirectory {
    fileprivate func addBrokenImages() throws {
        try add("hello")
        try write([UInt8](repeating: 0, count: 512), to: "good.img")
        try write([UInt8](repeating: 0, count: 513), to: "odd.img")
        try write([], to: "empty.img")
        try write([UInt8](repeating: 1, count: 8 << 20), to: "large.img")
        for (name, size) in [("header.bz", 0x220), ("setup.bz", 0x400), ("kernel.bz", 0xC00), ("whole.bz", 0x1400)] {
            try write(Array(Self.kernel.prefix(size)), to: name)
        }
        let program = Self.program(at: 0x10_0000)
        for (name, size) in [("magic.elf", 4), ("header.elf", 0x70), ("content.elf", 0xFF)] {
            try write(Array(program.prefix(size)), to: name)
        }
        try write(Self.program(at: 0x4000_0000), to: "elsewhere.elf")
    }

    /// A bzImage (Documentation/arch/x86/boot.rst) of 2 sectors of set-up and 4096 bytes of kernel.
    private static var kernel: [UInt8] {
        var image = [UInt8](repeating: 0, count: 0x1400)
        image.set(1, at: 0x1F1, count: 1)
        image.set(0x100, at: 0x1F4, count: 4)
        image.set(0xAA55, at: 0x1FE, count: 2)
        image.set(0x66, at: 0x201, count: 1)
        image.set(0x5372_6448, at: 0x202, count: 4)
        image.set(0x020F, at: 0x206, count: 2)
        image.set(0x7FFF_FFFF, at: 0x22C, count: 4)
        // A 64-bit entry.
        image.set(1, at: 0x236, count: 2)
        image.set(255, at: 0x238, count: 4)
        image.set(0x10_0000, at: 0x258, count: 8)
        image.set(0x4000, at: 0x260, count: 4)
        return image
    }

    /// An ELF64 executable for x86-64 with one segment, of 128 bytes behind the headers.
    private static func program(at address: UInt64) -> [UInt8] {
        var image = [UInt8](repeating: 0, count: 0x100)
        image.replaceSubrange(..<7, with: [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1])
        image.set(2, at: 16, count: 2)
        image.set(62, at: 18, count: 2)
        image.set(address, at: 24, count: 8)
        image.set(64, at: 32, count: 8)
        image.set(56, at: 54, count: 2)
        image.set(1, at: 56, count: 2)
        // The program header: PT_LOAD, RWX, its offset, addresses and sizes.
        image.set(1, at: 64, count: 4)
        image.set(7, at: 68, count: 4)
        image.set(0x80, at: 72, count: 8)
        image.set(address, at: 80, count: 8)
        image.set(address, at: 88, count: 8)
        image.set(0x80, at: 96, count: 8)
        image.set(0x80, at: 104, count: 8)
        return image
    }
}

extension [UInt8] {
    /// Puts a number's low bytes there, little-endian.
    fileprivate mutating func set(_ value: UInt64, at offset: Int, count: Int) {
        for place in 0..<count { self[offset + place] = UInt8(truncatingIfNeeded: value >> UInt64(8 * place)) }
    }
}
