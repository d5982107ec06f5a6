import ByteCoding
import Devices
internal import Platform

/// MADT (ACPI 6.5, 5.2.12): one processor's local APIC, the I/O APIC, and the ISA lines that are wired in an unusual
/// way.
enum InterruptDescription {
    private enum Kind {
        static let localAPIC: UInt8 = 0
        static let ioAPIC: UInt8 = 1
        static let sourceOverride: UInt8 = 2
        static let localNonMaskable: UInt8 = 4
    }

    /// There is an 8259 pair too.
    private static let hasPair: UInt32 = 1
    /// Flags of an interrupt: as usual on its bus, or active high and level-triggered.
    private static let (usual, highLevel): (UInt16, UInt16) = (0, 0b1101)

    static var body: [UInt8] {
        var writer = ByteWriter()
        writer.write(UInt32(AddressSpace.localAPIC))
        writer.write(hasPair)
        // Processor 0, local APIC 0, enabled.
        writer.write(bytes: [Kind.localAPIC, 8, 0, 0])
        writer.write(UInt32(1))
        writer.write(bytes: [Kind.ioAPIC, 12, IOAPIC.defaultIdentifier, 0])
        writer.write(UInt32(AddressSpace.ioAPIC))
        writer.write(UInt32(0))  // its first interrupt
        write(line: InterruptLine.timer, pin: InterruptLines.timerPin, flags: usual, to: &writer)
        write(line: InterruptLine.power, pin: InterruptLine.power, flags: highLevel, to: &writer)
        // LINT1 of every processor.
        writer.write(bytes: [Kind.localNonMaskable, 6, 0xFF])
        writer.write(usual)
        writer.write(UInt8(1))
        return writer.bytes
    }

    private static func write(line: Int, pin: Int, flags: UInt16, to writer: inout ByteWriter) {
        writer.write(bytes: [Kind.sourceOverride, 10, 0, UInt8(line)])
        writer.write(UInt32(pin))
        writer.write(flags)
    }
}
