import Engine
import GuestMemory
import Platform
import Testing
import X86

@testable import Machine

@Suite struct MachineConfigurationTests {
    private static func make(_ memorySize: UInt64, _ image: GuestImage) throws(MachineError) -> MachineConfiguration {
        try MachineConfiguration(memorySize: memorySize, image: image, profile: .baseline)
    }

    private static func flat(_ count: Int, at address: UInt16 = 0x7C00) throws(MachineError) -> GuestImage {
        try flat([UInt8](repeating: 0x90, count: count), at: address)
    }

    private static func flat(_ bytes: [UInt8], at address: UInt16) throws(MachineError) -> GuestImage {
        var options = BootOptions()
        options.address = UInt64(address)
        return try GuestImage(bytes: bytes, bootProtocol: .flat, options: options)
    }

    private static func firmware(_ count: Int) throws(MachineError) -> GuestImage {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 >> 12) }
        return try GuestImage(bytes: bytes, bootProtocol: .firmware)
    }

    @Test(arguments: BootProtocol.allCases)
    func anEmptyGuestIsRefused(bootProtocol: BootProtocol) {
        #expect(throws: MachineError.emptyGuest) { try GuestImage(bytes: [], bootProtocol: bootProtocol) }
    }

    private static let impossibleSizes: [UInt64] = [
        0, 1, 4096, 0xF_FFFF, 0x10_0001, 0x10_0200, 0x80_0000_1000, 0x8000_0000_0000_0000, .max,
    ]

    @Test(arguments: impossibleSizes)
    func anImpossibleMemorySizeIsRefused(size: UInt64) {
        #expect(throws: MachineError.unsuitableMemorySize(bytes: size)) { try Self.make(size, Self.flat(1)) }
    }

    @Test(arguments: [UInt64(0x10_0000), 0x10_1000, 0x1_0000_0000, 0x80_0000_0000])
    func aPossibleMemorySizeIsTaken(size: UInt64) throws {
        let regions = try Self.make(size, Self.flat(1)).memoryRegions
        #expect(regions.reduce(0) { $0 + $1.size } == size)
        #expect(regions.allSatisfy { !$0.isReadOnly })
    }

    @Test(arguments: [UInt16(0), 0x7C00, 0xFFFF])
    func aGuestMustFitBehindItsAddress(address: UInt16) throws {
        let room = Int(MemoryMap.conventionalEnd) - Int(address)
        _ = try Self.make(1 << 20, Self.flat(room, at: address))
        #expect(
            throws: MachineError.guestTooLarge(
                bytes: room + 1,
                address: UInt64(address),
                free: UInt64(room),
                remedy: "give it more memory with --memory"
            )
        ) { try Self.make(1 << 20, Self.flat(room + 1, at: address)) }
    }

    @Test(arguments: [1, 4095, 4097, 0x100_1000])
    func firmwareOfAnOddSizeIsRefused(count: Int) {
        #expect(throws: MachineError.unsuitableFirmware(bytes: count)) { try Self.make(1 << 20, Self.firmware(count)) }
    }

    @Test func errorsSayWhatToDo() {
        #expect("\(MachineError.unsuitableMemorySize(bytes: 1))".contains("1M to 512G"))
    }

    @Test func memoryGoesOnAbove4GiBWhereDevicesAndFirmwareBegin() throws {
        let regions = try Self.make(5 << 30, Self.firmware(0x4_0000)).memoryRegions
        #expect(regions.map(\.address.rawValue) == [0, 0xFFFC_0000, 1 << 32])
        #expect(regions.map(\.size) == [3 << 30, 0x4_0000, 2 << 30])
        #expect(regions.map(\.isReadOnly) == [false, true, false])
    }

    @Test func aFlatGuestIsEnteredInRealModeWhereItLies() throws {
        let configuration = try Self.make(1 << 20, Self.flat([1, 2, 3], at: 0x7C00))
        let memory = try GuestMemory(regions: configuration.memoryRegions)
        let state = try configuration.load(into: memory)
        #expect(try memory.read(at: GuestPhysicalAddress(0x7BFF), count: 5) == [0, 1, 2, 3, 0])
        #expect(state.instructionAddress.rawValue == 0x7C00)
        #expect(state.mode == .real)
    }

    @Test(arguments: [0x1000, 0x1_0000, 0x2_0000, 0x4_0000])
    func firmwareEndsBelow4GiBAndBelow1MiB(count: Int) throws {
        let configuration = try Self.make(1 << 20, Self.firmware(count))
        let memory = try GuestMemory(regions: configuration.memoryRegions)
        let state = try configuration.load(into: memory)
        let bytes = Array(configuration.image.bytes)
        #expect(try memory.read(at: GuestPhysicalAddress((1 << 32) - UInt64(count)), count: count) == bytes)
        let shadow = Array(bytes.suffix(0x2_0000))
        #expect(
            try memory.read(at: GuestPhysicalAddress((1 << 20) - UInt64(shadow.count)), count: shadow.count) == shadow
        )
        #expect(state.instructionAddress.rawValue == 0xFFFF_FFF0)
    }
}
