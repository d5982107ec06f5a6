import Platform
import Testing
import X86

@testable import Devices

@Suite struct PCITests {
    private func function() -> PCIFunction {
        PCIFunction(
            identity: .init(vendor: 0x1234, device: 0x5678, revision: 9, classCode: 0x01_02_03),
            baseAddresses: [0: .memory(size: 0x1000), 4: .ports(size: 16)],
            interruptPin: 1
        )
    }

    @Test func anAddressNamesAFunctionsRegister() {
        var ports = PCIConfigurationPorts()
        #expect(ports.target(atDataOffset: 0) == nil)
        ports.writeAddress(0xFFFF_FFFF)
        #expect(ports.readAddress() == 0x80FF_FFFC)
        ports.writeAddress(0x8000_0000 | 2 << 16 | 3 << 11 | 1 << 8 | 0x3C)
        #expect(ports.target(atDataOffset: 1)?.address == PCIAddress(bus: 2, device: 3, function: 1))
        #expect(ports.target(atDataOffset: 1)?.register == 0x3D)
        #expect(ports.target(atDataOffset: 4) == nil)
        #expect(PCIConfigurationPorts(state: ports.state).readAddress() == ports.readAddress())
        #expect(PCIAddress(bus: 2, device: 0xFF, function: 9).description == "02:1f.1")
    }

    @Test func theHeaderIdentifiesTheFunction() {
        let function = function()
        #expect(function.read(at: 0x00, .doubleword) == 0x5678_1234)
        #expect(function.read(at: 0x08, .doubleword) == 0x0102_0309)
        #expect(function.read(at: 0x2C, .doubleword) == 0x1100_1AF4)
        #expect(function.read(at: 0x3D, .byte) == 1)
        #expect(function.read(at: 0x03, .word) == 0x0056)
    }

    @Test func baseAddressesTellTheirSize() {
        var function = function()
        function.write(at: 0x10, .doubleword, 0xFFFF_FFFF)
        function.write(at: 0x14, .doubleword, 0xFFFF_FFFF)
        function.write(at: 0x20, .doubleword, 0xFFFF_FFFF)
        #expect(function.read(at: 0x10, .doubleword) == 0xFFFF_F000)
        #expect(function.read(at: 0x14, .doubleword) == 0)
        #expect(function.read(at: 0x20, .doubleword) == 0xFFFF_FFF1)
    }

    @Test func aRangeAnswersWhenTheCommandRegisterAllowsIt() {
        var function = function()
        function.write(at: 0x10, .doubleword, 0xFEB0_0000)
        function.write(at: 0x20, .doubleword, 0xC040)
        #expect(function.baseAddress(0) == nil)
        function.write(at: 0x04, .word, 0x0001)
        #expect(function.baseAddress(4) == 0xC040)
        #expect(function.baseAddress(0) == nil)
        function.write(at: 0x04, .word, 0xFFFF)
        #expect(function.command == [.portSpace, .memorySpace, .busMaster, .interruptDisable])
        #expect(function.baseAddress(0) == 0xFEB0_0000)
        #expect(function.baseAddress(1) == nil)
        #expect(function.baseAddress(-1) == nil)
        #expect(function.baseAddress(6) == nil)
    }

    @Test func whatIsNotWritableStays() {
        var function = function()
        function.write(at: 0x00, .doubleword, 0xFFFF_FFFF)
        function.write(at: 0x3C, .doubleword, 0xFFFF_FFFF)
        #expect(function.read(at: 0x00, .doubleword) == 0x5678_1234)
        #expect(function.read(at: 0x3C, .doubleword) == 0x0000_01FF)
    }

    @Test func clearableBitsAreClearedByOnes() {
        var function = function()
        function.set(0x40, UInt8(0xFF))
        function.allowClearing(0x40, UInt8(0xF0))
        function.write(at: 0x40, .byte, 0x3C)
        #expect(function.read(at: 0x40, .byte) == 0xCF)
    }

    @Test func accessesBeyondTheSpaceFloat() {
        var function = function()
        function.write(at: 0xFE, .doubleword, 0xFFFF_FFFF)
        #expect(function.read(at: 0xFE, .doubleword) == 0xFFFF_0000)
    }

    @Test func capabilitiesAreLinked() {
        var function = function()
        function.addCapability(0x09, at: 0x40, contents: [4, 0xAA])
        function.addCapability(0x09, at: 0x50, contents: [3])
        #expect(function.read(at: 0x06, .word) & 0x10 == 0x10)
        #expect(function.read(at: 0x34, .byte) == 0x40)
        #expect(function.read(at: 0x40, .doubleword) == 0xAA04_5009)
        #expect(function.read(at: 0x50, .doubleword) == 0x0003_0009)
    }

    @Test func firmwareKnowsTheHostBridge() {
        let bridge = HostBridge440FX()
        #expect(bridge.function.read(at: 0x00, .doubleword) == 0x1237_8086)
        #expect(bridge.function.read(at: 0x2C, .doubleword) == 0x1100_1AF4)
        #expect(bridge.function.read(at: 0x0A, .word) == 0x0600)
    }

    @Test(
        arguments: [
            (0xC_0000, 0x5A, 0x03), (0xC_4000, 0x5A, 0x30), (0xC_C000, 0x5B, 0x30), (0xE_C000, 0x5F, 0x30),
            (0xF_0000, 0x59, 0x30), (0xF_FFFF, 0x59, 0x30),
        ] as [(UInt64, UInt8, UInt32)]
    )
    func theAttributeRegistersGovernTheirRegions(address: UInt64, register: UInt8, value: UInt32) {
        var bridge = HostBridge440FX()
        let place = GuestPhysicalAddress(address)
        #expect(bridge.memoryAttributes(at: place) == [])
        bridge.function.write(at: register, .byte, value)
        #expect(bridge.memoryAttributes(at: place) == [.readsMemory, .writesMemory])
        #expect(HostBridge440FX(state: bridge.state).memoryAttributes(at: place) == [.readsMemory, .writesMemory])
    }

    @Test func theAttributeRegistersGovernNothingElse() {
        let bridge = HostBridge440FX()
        #expect(bridge.memoryAttributes(at: GuestPhysicalAddress(0xB_FFFF)) == nil)
        #expect(bridge.memoryAttributes(at: GuestPhysicalAddress(0x10_0000)) == nil)
    }

    @Test func interruptPinsAreRouted() {
        var bridge = ISABridgePIIX3()
        #expect(bridge.interruptLine(device: 1, pin: 1) == nil)
        bridge.function.write(at: 0x60, .doubleword, 0x0B0A_0B0A)
        #expect(bridge.interruptLine(device: 1, pin: 1) == 10)
        #expect(bridge.interruptLine(device: 2, pin: 1) == 11)
        #expect(bridge.interruptLine(device: 5, pin: 1) == 10)
        #expect(bridge.interruptLine(device: 0, pin: 1) == 11)
        #expect(bridge.interruptLine(device: 1, pin: 0) == nil)
        #expect(bridge.interruptLine(device: 1, pin: 5) == nil)
        #expect(ISABridgePIIX3(state: bridge.state).interruptLine(device: 1, pin: 1) == 10)
    }

    @Test func noAccessTrapsAndTheStateRoundTrips() {
        var function = function()
        hammer(
            &function,
            seed: 0xCF8,
            actions: [
                { $0.write(at: $1.numbers.byte(), $1.numbers.pick(AccessSize.allCases), $1.numbers.doubleword()) },
                { _ = $0.read(at: $1.numbers.byte(), $1.numbers.pick(AccessSize.allCases)) },
                { _ = $0.baseAddress(Int($1.numbers.byte() % 6)) },
            ]
        )
        #expect(PCIFunction(state: function.state).state == function.state)
    }
}
