import Testing
import X86

@testable import SoftCPU

@Suite("x87 registers in a processor's state")
struct X87StateTests {
    /// A component as FXSAVE writes it: reserved bits as they always are.
    private static func component(_ random: inout RandomOperands) -> [UInt8] {
        var bytes = (0..<160).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let control = UInt16(truncatingIfNeeded: random.next()) & 0x1F7F | 0x40
        var status = UInt16(truncatingIfNeeded: random.next()) & 0x7F7F
        if status & ~control & 0x3F != 0 { status |= 0x8080 }
        (bytes[0], bytes[1]) = (UInt8(truncatingIfNeeded: control), UInt8(control >> 8))
        (bytes[2], bytes[3]) = (UInt8(truncatingIfNeeded: status), UInt8(status >> 8))
        bytes[5] = 0
        bytes[7] &= 7
        bytes.removeSubrange(24..<32)
        for index in 0..<8 {
            for reserved in 10..<16 { bytes[24 + 16 * index + reserved] = 0 }
        }
        return bytes
    }

    @Test("come back as they were stored, with TOP, abridged tags and pointers")
    func roundTrip() throws {
        // A line whose state has the pointers whether an exception is pending or not.
        var configuration = SoftConfiguration()
        configuration.quirks = .intel
        let machine = try SmallMachine(configuration: configuration)
        var random = RandomOperands(seed: 87)
        for _ in 0..<1000 {
            var state = machine.processor.state
            state.extended.components[0] = Self.component(&random)

            machine.processor.state = state

            #expect(machine.processor.state.extended == state.extended)
        }
    }
}
