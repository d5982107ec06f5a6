import Platform
import Testing
import X86

/// Words that devices and readers of traces share, against the manuals.
@Suite struct PlatformWordsTests {
    @Test func configurationAddressNamesAFunctionAndRegister() {
        let address = PCIConfigurationAddress(.powerManagement, register: PowerFunctionRegister.base)

        #expect(address.rawValue == 0x8000_0B40)
        #expect(address.isEnabled)
        #expect(address.function == PCIAddress(device: 1, function: 3))
        #expect(address.register(atDataOffset: 2) == 0x42)
    }

    @Test func configurationAddressKeepsNoReservedBits() {
        #expect(PCIConfigurationAddress(rawValue: .max).rawValue == 0x80FF_FFFC)
        #expect(!PCIConfigurationAddress(rawValue: 0x7FFF_FFFF).isEnabled)
    }

    @Test(
        arguments: [
            (0x1000, VirtioDeviceType.network), (0x1001, .block), (0x1003, .console), (0x1005, .entropy),
            (0x1041, .network),
            (0x1042, .block), (0x1043, .console), (0x1044, .entropy), (0x1040, nil), (0x1004, nil), (0x0FFF, nil),
            (0xFFFF, nil),
        ] as [(UInt16, VirtioDeviceType?)]
    )
    func virtioDeviceIsKnownByItsNumber(_ number: UInt16, _ type: VirtioDeviceType?) {
        #expect(VirtioDeviceType(pciDevice: number) == type)
    }

    @Test(
        arguments: [
            (0x00, true), (0x80, true), (0xC0, true), (0xFF, true), (0x34, false), (0xB6, false), (0x10, false),
        ] as [(UInt8, Bool)]
    )
    func timerCommandsThatProgramNothingAreKnown(_ command: UInt8, _ latches: Bool) {
        #expect(IntervalTimerPort.latches(command) == latches)
    }

    @Test func powerControlSleepsByBitsOfItsHighByte() {
        let control = PowerControl(rawValue: 0x3400)

        #expect(control.contains(.sleepEnable))
        #expect(control.requestedSleepType == 5)
    }

    @Test func portsAreWhereAPCHasThem() {
        #expect(SerialPort.com1.port(.lineStatus) == Port(0x3FD))
        #expect(KeyboardPort(Port(0x64)) == .command)
        #expect(KeyboardPort(Port(0x61)) == nil)
        #expect(LocalAPICRegister.currentCount.usualAddress == 0xFEE0_0390)
        #expect(FirmwareConfigurationPort.transfer.contains(FirmwareConfigurationPort.addressLow.rawValue + 3))
    }
}
