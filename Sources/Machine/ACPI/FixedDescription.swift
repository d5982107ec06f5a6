import ByteCoding
import Devices
internal import Platform

/// FADT (ACPI 6.5, 5.2.9), in the form of ACPI 3.0: where the fixed registers are.
struct FixedDescription {
    /// Where the FACS and the DSDT are.
    let control: UInt64
    let description: UInt64

    private enum Flag {
        /// WBINVD works.
        static let flushes: UInt32 = 1 << 0
        /// C1 exists: HLT.
        static let halts: UInt32 = 1 << 2
        /// There is no sleep button, and the clock cannot wake the machine.
        static let noSleepButton: UInt32 = 1 << 5
        static let noClockWakeUp: UInt32 = 1 << 6
        /// RESET_REG is valid.
        static let resets: UInt32 = 1 << 10
    }

    private enum Architecture {
        /// Devices of the ISA bus, and the keyboard controller.
        static let legacyDevices: UInt16 = 1 << 0
        static let keyboardController: UInt16 = 1 << 1
    }

    private static let resetPort = UInt64(SystemPort.resetControl)
    private static let resetValue = ResetControlBits([.systemReset, .resetProcessor]).rawValue
    /// Latencies that mean that the state does not exist.
    private static let (noC2, noC3): (UInt16, UInt16) = (101, 1001)
    private static let centuryRegister = ClockRegister.century.rawValue

    private static func port(_ register: PowerRegister) -> UInt64 {
        UInt64(PowerRegister.usualBase + register.rawValue)
    }

    var table: [UInt8] {
        var writer = ByteWriter()
        writer.write(UInt32(control))
        writer.write(UInt32(description))
        writer.write(UInt8(0))
        writer.write(UInt8(0))  // preferred profile: unspecified
        writer.write(UInt16(InterruptLine.power))
        writer.write(UInt32(SystemPort.powerCommand))
        writer.write(PowerManagement.enableCommand)
        writer.write(PowerManagement.disableCommand)
        writer.write(UInt16(0))  // S4BIOS_REQ, PSTATE_CNT
        writer.write(UInt32(Self.port(.status)))  // PM1a_EVT_BLK
        writer.write(UInt32(0))  // PM1b_EVT_BLK
        writer.write(UInt32(Self.port(.control)))  // PM1a_CNT_BLK
        writer.write(UInt32(0))  // PM1b_CNT_BLK
        writer.write(UInt32(0))  // PM2_CNT_BLK
        writer.write(UInt32(Self.port(.timer)))  // PM_TMR_BLK
        writer.write(UInt64(0))  // GPE0_BLK, GPE1_BLK
        writer.write(bytes: [4, 2, 0, 4])  // lengths of PM1 events, PM1 control, PM2 control, the timer
        writer.write(bytes: [0, 0, 0, 0])  // GPE0 and GPE1 lengths, GPE1 base, CST_CNT
        writer.write(Self.noC2)
        writer.write(Self.noC3)
        writer.write(UInt32(0))  // flush size and stride
        writer.write(UInt16(0))  // duty cycle
        writer.write(bytes: [0, 0, Self.centuryRegister])  // day and month alarms
        writer.write(Architecture.legacyDevices | Architecture.keyboardController)
        writer.write(UInt8(0))
        writer.write(Flag.flushes | Flag.halts | Flag.noSleepButton | Flag.noClockWakeUp | Flag.resets)
        Self.write(port: Self.resetPort, bits: 8, to: &writer)
        writer.write(Self.resetValue)
        writer.write(bytes: [0, 0, 0])
        writer.write(control)
        writer.write(description)
        Self.write(port: Self.port(.status), bits: 32, to: &writer)
        Self.write(port: 0, bits: 0, to: &writer)
        Self.write(port: Self.port(.control), bits: 16, to: &writer)
        Self.write(port: 0, bits: 0, to: &writer)
        Self.write(port: 0, bits: 0, to: &writer)
        Self.write(port: Self.port(.timer), bits: 32, to: &writer)
        Self.write(port: 0, bits: 0, to: &writer)
        Self.write(port: 0, bits: 0, to: &writer)
        return ACPITables.table("FACP", revision: 3, writer.bytes)
    }

    /// A generic address (5.2.3.2) in port space; all zero for none.
    private static func write(port: UInt64, bits: UInt8, to writer: inout ByteWriter) {
        writer.write(UInt8(bits == 0 ? 0 : 1))
        writer.write(bits)
        writer.write(UInt16(0))  // bit offset, access size
        writer.write(port)
    }
}
