import ByteCoding
import Engine
import GuestMemory
import Platform
import Testing
import X86

@testable import Machine

/// What a loader puts where, and the state in which it enters the guest.
@Suite struct PlacementTests {
    private static let memory: UInt64 = 32 << 20

    private static func boot(
        _ bytes: [UInt8],
        _ bootProtocol: BootProtocol,
        _ options: BootOptions = BootOptions(),
        memory: UInt64 = memory
    ) throws -> Booted {
        let image = try GuestImage(bytes: bytes, bootProtocol: bootProtocol, options: options)
        let configuration = try MachineConfiguration(memorySize: memory, image: image, profile: .baseline)
        let guestMemory = try GuestMemory(regions: configuration.memoryRegions)
        return Booted(
            configuration: configuration,
            state: try configuration.load(into: guestMemory),
            memory: guestMemory
        )
    }

    private struct Booted {
        let configuration: MachineConfiguration
        let state: ProcessorState
        let memory: GuestMemory

        func word(_ address: UInt64) throws -> UInt64 {
            try memory.read(at: GuestPhysicalAddress(address), count: 4).reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }

        func text(_ address: UInt64) throws -> String {
            let bytes = try memory.read(at: GuestPhysicalAddress(address), count: 256).prefix { $0 != 0 }
            return String(decoding: bytes, as: UTF8.self)
        }

        /// What the loader put beside the program at 1 MiB and the machine's tables below it.
        var extras: [Range<UInt64>] {
            configuration.code.contents.map { $0.address.rawValue..<$0.address.rawValue + UInt64($0.bytes.count) }
                .filter { !(ACPITables.pointerAddress...0x10_0000).contains($0.lowerBound) }
        }
    }

    private static let programs: [(BootProtocol, [UInt8])] = [
        (.multiboot, SampleELF(wide: false).with(content: SampleHeader.multiboot()).bytes),
        (.multiboot2, SampleELF(wide: false).with(content: SampleHeader.multiboot2()).bytes),
        (.linux, SampleELF(wide: true).bytes),
        (.linux, SampleBzImage().bytes),
        (.pvh, SampleELF(wide: false).with(notes: [.physicalEntry(0x10_0000)]).bytes),
    ]

    @Test(arguments: programs)
    func theFirst64KiBAreLeftToTheGuest(bootProtocol: BootProtocol, bytes: [UInt8]) throws {
        let booted = try Self.boot(bytes, bootProtocol)
        #expect(booted.extras.allSatisfy { $0.lowerBound >= 0x1_0000 })
    }

    @Test(arguments: programs)
    func nothingOverlaps(bootProtocol: BootProtocol, bytes: [UInt8]) throws {
        var options = BootOptions()
        options.commandLine = String(repeating: "x", count: 200)
        let all = try Self.boot(bytes, bootProtocol, options).configuration.code.contents
            .map { $0.address.rawValue..<$0.address.rawValue + UInt64($0.bytes.count) }
            .sorted { $0.lowerBound < $1.lowerBound }
        #expect(zip(all, all.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound })
    }

    @Test func informationGoesAboveAProgramThatTakesAllOfConventionalMemory() throws {
        var elf = SampleELF(wide: false).with(content: SampleHeader.multiboot())
        elf.segments.append(.init(offset: 0, physicalAddress: 0x8000, fileSize: 0, memorySize: 0x9_7C00))
        let booted = try Self.boot(elf.bytes, .multiboot)
        #expect(booted.extras.allSatisfy { $0.lowerBound >= 0x10_2000 })
    }

    @Test func multibootEntersIn32BitModeWithItsInformation() throws {
        var options = BootOptions()
        options.name = "kernel"
        options.commandLine = "one two"
        options.modules = [
            BootModule(name: "first", arguments: "a b", bytes: [1, 2, 3]),
            BootModule(name: "second", arguments: "", bytes: [4]),
        ]
        let booted = try Self.boot(Self.programs[0].1, .multiboot, options)
        let information = booted.state[.rbx]
        #expect(booted.state.mode == .protected32)
        #expect(booted.state.rip == 0x10_0000)
        #expect(booted.state[.rax] == 0x2BAD_B002)
        #expect(try booted.word(information + 4) == 639)
        #expect(try booted.word(information + 8) == 31 << 10)
        #expect(try booted.text(booted.word(information + 16)) == "kernel one two")
        #expect(try booted.word(information + 20) == 2)
        let list = try booted.word(information + 24)
        let (first, second) = (try booted.word(list), try booted.word(list + 16))
        #expect(try booted.memory.read(at: GuestPhysicalAddress(first), count: 3) == [1, 2, 3])
        #expect(try booted.word(list + 4) == first + 3)
        #expect(try booted.text(booted.word(list + 8)) == "first a b")
        #expect(try booted.memory.read(at: GuestPhysicalAddress(second), count: 1) == [4])
        #expect(first % 4096 == 0 && second % 4096 == 0)
    }

    @Test func addressFieldsPlaceAFileThatIsNotELF() throws {
        // Loaded from 16 bytes before the header on, with zeros up to 0x201000, entered at 0x200008.
        let header = SampleHeader.multiboot(
            flags: 1 << 16,
            addresses: [0x20_0010, 0x20_0000, 0, 0x20_1000, 0x20_0008]
        )
        let file = [UInt8](repeating: 0xCC, count: 16) + header
        let booted = try Self.boot(file, .multiboot)
        #expect(try booted.memory.read(at: GuestPhysicalAddress(0x20_0000), count: file.count) == file)
        #expect(booted.state.rip == 0x20_0008)
    }

    @Test func anEntryPointThatOnlyPagingMakesTrueIsTranslated() throws {
        var elf = SampleELF(wide: false).with(content: SampleHeader.multiboot())
        elf.segments[0].virtualAddress = 0xC010_0000
        elf.entry = 0xC010_0010
        #expect(try Self.boot(elf.bytes, .multiboot).state.rip == 0x10_0010)
    }

    @Test func linuxEntersIn64BitModeOverItsParameters() throws {
        var options = BootOptions()
        options.commandLine = "console=ttyS0"
        options.initialRAMDisk = [UInt8](repeating: 7, count: 5000)
        let booted = try Self.boot(SampleBzImage().bytes, .linux, options)
        let page = booted.state[.rsi]
        #expect(booted.state.mode == .long64)
        #expect(booted.state.rip == 0x10_0200)
        #expect(try booted.text(booted.word(page + 0x228)) == "console=ttyS0")
        let disk = try booted.word(page + 0x218)
        #expect(try booted.word(page + 0x21C) == 5000)
        #expect(disk % 4096 == 0 && disk + 5000 <= Self.memory)
        #expect(try booted.memory.read(at: GuestPhysicalAddress(disk), count: 5000) == options.initialRAMDisk)
        #expect(try booted.memory.read(at: GuestPhysicalAddress(page + 0x1E8), count: 1) == [5])
        #expect(try booted.memory.read(at: GuestPhysicalAddress(page + 0x210), count: 1) == [0xFF])
        let linear = GuestVirtualAddress(0xFFFF_F123)
        #expect(booted.memory.translate(linear, in: booted.state)?.rawValue == linear.rawValue)
    }

    @Test func everyProtocolSaysWhereTheTablesAre() throws {
        let linux = try Self.boot(SampleBzImage().bytes, .linux)
        #expect(try linux.word(linux.state[.rsi] + 0x70) == ACPITables.pointerAddress)
        let pvh = try Self.boot(Self.programs[4].1, .pvh)
        #expect(try pvh.word(pvh.state[.rbx] + 32) == ACPITables.pointerAddress)
        for (bootProtocol, bytes) in Self.programs {
            #expect(try Self.boot(bytes, bootProtocol).text(ACPITables.pointerAddress).hasPrefix("RSD PTR "))
        }
    }

    @Test(arguments: [(UInt32(0), UInt32(0)), (0x300, 0x200)])
    func whatIsCompressedInAKernelIsNoCode(payload: UInt32, size: UInt32) throws {
        var kernel = SampleBzImage().bytes
        let code = [0x0F, 0x31] as [UInt8]
        // RDTSC with NOPs around it, before and within the compressed part.
        for place in [0x400 + 0x280, 0x400 + 0x400] {
            kernel.replaceSubrange(place - 64..<place + 64, with: [UInt8](repeating: 0x90, count: 128))
            kernel.replaceSubrange(place..<place + 2, with: code)
        }
        for (offset, value) in [(0x248, payload), (0x24C, size)] {
            for index in 0..<4 { kernel[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt32(index))) }
        }
        let patches = try Self.boot(kernel, .linux).configuration.code.patches
        #expect(patches.map(\.address.rawValue) == [0x10_0280, 0x10_0400].prefix(size == 0 ? 2 : 1).map { $0 })
    }

    @Test func theInitialRAMDiskStaysBelowItsLimit() throws {
        var options = BootOptions()
        options.initialRAMDisk = [UInt8](repeating: 7, count: 4096)
        let booted = try Self.boot(SampleBzImage(initrdLimit: 0x17F_FFFF).bytes, .linux, options)
        #expect(try booted.word(booted.state[.rsi] + 0x218) == 0x17F_F000)
    }

    @Test func aRelocatableKernelMovesWhereItFits() throws {
        let kernel = SampleBzImage(preferredAddress: 0x100_0000, initialSize: 0x100_0000)
        let booted = try Self.boot(kernel.bytes, .linux, memory: 24 << 20)
        #expect(booted.state.rip == 0x10_0200)
    }

    @Test(arguments: [(UInt64(1) << 20, 1), (32 << 20, 2), (5 << 30, 3)])
    func theMemoryMapListsAllMemory(size: UInt64, usable: Int) {
        #expect(MemoryMap(memorySize: size).usable.count == usable)
    }

    @Test(arguments: [
        (FlatMode.real, ExecutionMode.real, UInt64(0x7C00)), (.protected, .protected32, 0x10_0000),
        (.long, .long64, 0x10_0000),
    ])
    func aFlatImageIsEnteredInItsMode(mode: FlatMode, expected: ExecutionMode, address: UInt64) throws {
        var options = BootOptions()
        options.mode = mode
        let booted = try Self.boot([0xF4, 0x90], .flat, options)
        #expect(booted.state.mode == expected)
        #expect(booted.state.instructionAddress.rawValue == address)
        #expect(try booted.memory.read(at: GuestPhysicalAddress(address), count: 2) == [0xF4, 0x90])
    }

    @Test func aBootSectorIsEnteredWithTheDisksNumber() throws {
        var sector = [UInt8](repeating: 0x90, count: 512)
        (sector[510], sector[511]) = (0x55, 0xAA)
        let booted = try Self.boot(sector, .sector)
        #expect(booted.state.instructionAddress.rawValue == 0x7C00)
        #expect(booted.state[.rdx] == 0x80)
    }

    @Test(arguments: [false, true])
    func symbolsAreReadByRisingAddress(wide: Bool) throws {
        let elf = SampleELF(wide: wide).with(content: SampleHeader.multiboot())
            .with(symbols: [("second", 0x10_0020, 2), ("first", 0x10_0010, 1), ("file.c", 0, 4), ("", 0x10_0000, 0)])
        let booted = try Self.boot(elf.bytes, .multiboot)
        #expect(booted.configuration.symbols.map(\.name) == ["first", "second"])
        #expect(booted.configuration.symbols.map(\.size) == [4, 4])
    }
}
