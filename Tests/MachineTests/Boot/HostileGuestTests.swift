import Engine
import Platform
import Testing

@testable import Machine

/// Files that break the rules of their format: one error each, and no memory for what they claim.
@Suite struct HostileGuestTests {
    private static let memory: UInt64 = 16 << 20

    private static func error(
        _ bytes: [UInt8],
        _ bootProtocol: BootProtocol,
        _ options: BootOptions = BootOptions(),
        memory: UInt64 = memory
    ) -> MachineError? {
        do {
            let image = try GuestImage(bytes: bytes, bootProtocol: bootProtocol, options: options)
            _ = try MachineConfiguration(memorySize: memory, image: image, profile: .baseline)
            return nil
        } catch {
            return error
        }
    }

    private static func elf(_ wide: Bool, _ change: (inout SampleELF) -> Void) -> SampleELF {
        var elf = SampleELF(wide: wide).with(content: SampleHeader.multiboot())
        change(&elf)
        return elf
    }

    private static let malformedELF: [(String, SampleELF)] = [false, true].flatMap { wide in
        [
            ("no segments", elf(wide) { $0.segmentCount = 0 }),
            ("too many segments", elf(wide) { $0.segmentCount = 0xFFFF }),
            ("segments too small", elf(wide) { $0.segmentSize = wide ? 55 : 31 }),
            ("segments outside the file", elf(wide) { $0.segmentsOffset = 0x7FFF_FFFF }),
            ("segments at the end of the address space", elf(wide) { $0.segmentsOffset = wide ? .max : 0xFFFF_FFFF }),
            ("content outside the file", elf(wide) { $0.segments[0].offset = 0x7FFF_FFFF }),
            ("more content than file", elf(wide) { $0.segments[0].fileSize = 0x1800 }),
            ("more content than memory", elf(wide) { $0.segments[0].memorySize = 1 }),
            ("beyond memory", elf(wide) { $0.segments[0].memorySize = 0x7FFF_0000 }),
            ("above memory", elf(wide) { $0.segments[0].physicalAddress = 0x4000_0000 }),
            ("in video memory", elf(wide) { $0.segments[0].physicalAddress = 0xA_0000 }),
            ("wrapping around", elf(wide) { $0.segments[0].physicalAddress = wide ? .max : 0xFFFF_FFFF }),
            ("the same place twice", elf(wide) { $0.segments += $0.segments }),
            ("overlapping by a byte", elf(wide) { $0.segments.append(.init(physicalAddress: 0x10_1FFF)) }),
            ("for another processor", elf(wide) { $0.machine = 183 }),
            ("not executable", elf(wide) { $0.type = 1 }),
            (
                "a note outside the file",
                elf(wide) {
                    $0.sections = [.init()]; $0.segments[0].offset = .max >> 1
                }
            ),
        ]
    }

    private static let unnamedELF: [(String, SampleELF)] = [false, true].flatMap { wide in
        [
            ("sections outside the file", elf(wide) { ($0.sections, $0.sectionsOffset) = ([.init()], 0x7FFF_FFFF) }),
            (
                "sections at the end of the address space",
                elf(wide) { ($0.sections, $0.sectionsOffset) = ([.init()], .max) }
            ),
            ("sections of another size", elf(wide) { ($0.sections, $0.sectionSize) = ([.init()], 0) }),
            ("a section outside the file", elf(wide) { $0.sections = [.init(kind: 2, offset: 0x99999, size: 0x1000)] }),
            ("a section larger than memory", elf(wide) { $0.sections = [.init(kind: 2, size: .max)] }),
            ("larger program headers", elf(wide) { $0.segmentSize = 80 }),
        ]
    }

    @Test(arguments: unnamedELF)
    func whatOnlyNamesThingsMayBeBroken(what: String, elf: SampleELF) {
        #expect(Self.error(elf.bytes, .multiboot) == nil)
    }

    @Test(arguments: malformedELF)
    func malformedELFIsRefused(what: String, elf: SampleELF) throws {
        let error = try #require(Self.error(elf.bytes, .multiboot))
        #expect(error.blamesTheGuest)
    }

    @Test(arguments: [SampleELF(wide: false), SampleELF(wide: true)])
    func anELFFileCutShortAnywhereIsRefusedOrBootsWithoutATrap(elf: SampleELF) {
        let whole = elf.with(content: SampleHeader.multiboot()).with(symbols: [("main", 0x10_0000, 2)]).bytes
        let errors = stride(from: 1, to: whole.count, by: 7).map { Self.error(Array(whole.prefix($0)), .multiboot) }
        let firstBoot = errors.firstIndex { $0 == nil } ?? errors.count
        // What names things is behind the program.
        #expect(firstBoot * 7 >= SampleELF.contentOffset + SampleHeader.multiboot().count - 7)
        #expect(errors[firstBoot...].allSatisfy { $0 == nil })
    }

    private static let malformedKernels: [(String, SampleBzImage)] = [
        ("truncated", SampleBzImage(size: 0x300)),
        ("without a kernel", SampleBzImage(size: 0x400)),
        ("cut short", SampleBzImage(size: 0x800)),
        ("of an old protocol", SampleBzImage(version: 0x0205)),
        ("without a 64-bit entry", SampleBzImage(loadFlags: 0)),
        ("with a short header", SampleBzImage(headerLength: 0x10)),
        ("with an endless header", SampleBzImage(headerLength: 0xFF)),
        ("with a crooked alignment", SampleBzImage(alignment: 3)),
        ("with no alignment", SampleBzImage(alignment: 0)),
        ("at the end of the address space", SampleBzImage(preferredAddress: .max, isRelocatable: 0)),
    ]

    @Test(arguments: malformedKernels)
    func malformedKernelsAreRefused(what: String, kernel: SampleBzImage) throws {
        #expect(try #require(Self.error(kernel.bytes, .linux)).blamesTheGuest)
    }

    @Test func aKernelThatNeedsMoreMemoryIsRefused() {
        #expect(Self.error(SampleBzImage(initialSize: 0x7FFF_FFFF).bytes, .linux) != nil)
    }

    @Test func anInitialRAMDiskLargerThanMemoryIsRefused() throws {
        var options = BootOptions()
        options.initialRAMDisk = [UInt8](repeating: 1, count: Int(Self.memory))
        let error = try #require(Self.error(SampleBzImage().bytes, .linux, options))
        #expect(
            error == .noRoom(for: "initial RAM disk", bytes: Self.memory, memory: (16 << 20) - 0x10_0000 + 0x9_FC00)
        )
        #expect(!error.blamesTheGuest)
    }

    @Test func anInitialRAMDiskAboveItsLimitIsRefused() {
        var options = BootOptions()
        options.initialRAMDisk = [UInt8](repeating: 1, count: 4096)
        #expect(Self.error(SampleBzImage(initrdLimit: 0x1_0FFE).bytes, .linux, options) != nil)
    }

    @Test func aCommandLineLongerThanTheKernelTakesIsRefused() {
        var options = BootOptions()
        options.commandLine = String(repeating: "x", count: 255)
        #expect(Self.error(SampleBzImage().bytes, .linux, options) == nil)
        options.commandLine += "x"
        #expect(Self.error(SampleBzImage().bytes, .linux, options) != nil)
    }

    private static let malformedHeaders: [(String, [UInt8])] = [
        ("an unknown requirement", SampleHeader.multiboot(flags: 1 << 5)),
        ("addresses cut off", Array(SampleHeader.multiboot(flags: 1 << 16).prefix(20))),
        (
            "loaded behind its header",
            SampleHeader.multiboot(flags: 1 << 16, addresses: [0x10_0000, 0x10_0001, 0, 0, 0])
        ),
        (
            "loaded from before the file",
            SampleHeader.multiboot(flags: 1 << 16, addresses: [0x10_0000, 0xF_0000, 0, 0, 0])
        ),
        (
            "ending before it begins",
            SampleHeader.multiboot(flags: 1 << 16, addresses: [0x10_0000, 0x10_0000, 1, 0, 0])
        ),
        (
            "longer than the file",
            SampleHeader.multiboot(flags: 1 << 16, addresses: [0x10_0000, 0x10_0000, 0x20_0000, 0, 0])
        ),
        (
            "zeros before the end",
            SampleHeader.multiboot(flags: 1 << 16, addresses: [0x10_0000, 0x10_0000, 0, 0x10_0001, 0])
        ),
        ("zeros beyond memory", SampleHeader.multiboot(flags: 1 << 16, addresses: [0x10_0000, 0x10_0000, 0, .max, 0])),
        ("in device memory", SampleHeader.multiboot(flags: 1 << 16, addresses: [0xFEE0_0000, 0xFEE0_0000, 0, 0, 0])),
        ("neither addresses nor ELF", SampleHeader.multiboot()),
    ]

    @Test(arguments: malformedHeaders)
    func malformedMultibootHeadersAreRefused(what: String, bytes: [UInt8]) throws {
        #expect(try #require(Self.error(bytes, .multiboot)).blamesTheGuest)
    }

    private static let malformedHeaders2: [(String, [UInt8])] = [
        ("an unknown tag", SampleHeader.multiboot2([.init(kind: 99)])),
        ("an unknown request", SampleHeader.multiboot2([.init(kind: 1, words: [1, 77])])),
        ("a tag of no bytes", SampleHeader.multiboot2([.init(kind: 4, size: 0)])),
        ("a tag beyond the header", SampleHeader.multiboot2([.init(kind: 4, size: 4096)])),
        ("a tag without its fields", SampleHeader.multiboot2([.init(kind: 2, words: [0x10_0000])])),
        ("addresses without an entry", SampleHeader.multiboot2([.init(kind: 2, words: [0x10_0000, 0x10_0000, 0, 0])])),
        ("a header beyond the file", SampleHeader.multiboot2(length: 0x7FFF_FFFF)),
        ("another processor", SampleHeader.multiboot2(architecture: 4)),
    ]

    @Test(arguments: malformedHeaders2)
    func malformedMultiboot2HeadersAreRefused(what: String, bytes: [UInt8]) throws {
        #expect(try #require(Self.error(bytes, .multiboot2)).blamesTheGuest)
    }

    @Test func whatIsOptionalMayBeUnknown() {
        let header = SampleHeader.multiboot2([
            .init(kind: 99, isOptional: true), .init(kind: 1, isOptional: true, words: [77]),
        ])
        #expect(Self.error(SampleELF(wide: false).with(content: header).bytes, .multiboot2) == nil)
    }

    @Test(arguments: [BootProtocol.multiboot, .multiboot2, .pvh, .linux, .sector])
    func aFileOfAnotherKindIsRefused(bootProtocol: BootProtocol) throws {
        #expect(try #require(Self.error([1, 2, 3], bootProtocol)).blamesTheGuest)
    }

    private static let misused: [(BootProtocol, @Sendable (inout BootOptions) -> Void)] = [
        (.flat, { $0.commandLine = "x" }), (.firmware, { $0.commandLine = "x" }),
        (.multiboot, { $0.initialRAMDisk = [1] }),
        (.linux, { $0.modules = [.init(name: "", arguments: "", bytes: [])] }),
        (.linux, { $0.mode = .long }), (.firmware, { $0.address = 1 }), (.flat, { $0.address = 0x1_0000 }),
    ]

    @Test(arguments: misused)
    func anOptionWithoutAMeaningIsRefused(
        bootProtocol: BootProtocol,
        change: @Sendable (inout BootOptions) -> Void
    ) throws {
        var options = BootOptions()
        change(&options)
        #expect(try #require(Self.error([1], bootProtocol, options)).blamesTheGuest == false)
    }
}
