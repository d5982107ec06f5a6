import Glibc
import GuestMemory
import X86

@testable import SoftCPU

/// A processor in real-address mode over all the memory that 16-bit addresses reach, and what that memory should hold.
@safe
final class SingleStepMachine {
    private let machine: SmallMachine
    private let expected: GuestMemory
    private static let size: UInt64 = 0x11_0000

    init() throws {
        machine = try SmallMachine(size: Self.size)
        expected = try GuestMemory(regions: [.init(address: GuestPhysicalAddress(0), size: Self.size)])
        try machine.startReal([])
        _ = machine.processor.takeDirtyPages()
    }

    private var actualBytes: UnsafeMutablePointer<UInt8> {
        unsafe machine.memory.mappings[0].host.assumingMemoryBound(to: UInt8.self)
    }
    private var expectedBytes: UnsafeMutablePointer<UInt8> {
        unsafe expected.mappings[0].host.assumingMemoryBound(to: UInt8.self)
    }

    /// Executes a test; gives how what it leaves differs from what it should leave.
    func run(_ test: SingleStepTest) -> SingleStepDifference {
        let processor = machine.processor
        load(test)
        let end = processor.executed + Self.limit
        while processor.executed < end {
            let exit = processor.run(upTo: Int(end - processor.executed))
            if exit == .halt || exit == .shutdown { break }
            // Nothing is at any port.
            if case .portRead = exit { processor.answer(0xFFFF) }
        }
        return difference(test)
    }

    /// Instructions and turns of repeated ones; more than any test takes.
    private static let limit: UInt64 = 5000

    private func load(_ test: SingleStepTest) {
        let cpu = machine.processor.cpu
        for (address, byte) in test.initialMemory {
            // SAFETY: addresses of 16-bit code are below size in both.
            unsafe actualBytes[address] = byte
            unsafe expectedBytes[address] = byte
            machine.processor.memoryChanged(at: GuestPhysicalAddress(UInt64(address)), count: 1)
        }
        for (address, byte) in test.finalMemory { unsafe expectedBytes[address] = byte }
        shareHandler(test)
        for number in 0..<8 { cpu.state.general[number] = UInt64(test.initial[number]) }
        for number in 0..<4 {
            let selector = test.initial[8 + number]
            cpu.state.segments[number].selector = selector
            cpu.state.segments[number].base = UInt64(selector) << 4
        }
        cpu.state.ip = UInt64(test.initial[SingleStepTest.Register.ip.rawValue])
        // The upper four flags are none in real-address mode of a 286.
        cpu.flags = UInt64(test.initial[SingleStepTest.Register.flags.rawValue] & 0xFFF)
        cpu.state.isHalted = false
        cpu.state.shadow = 0
        cpu.state.fault = .waiting
    }

    /// Lets other exceptions lead where the one does that the test raises, so that all but its vector can be compared.
    private func shareHandler(_ test: SingleStepTest) {
        guard let exception = test.exception, Self.exceptions.contains(Int(exception.vector)) else {
            // What LOCK raises goes to offset 0, where a HLT ends it.
            if test.prefixes.contains(0xF0), test.exception == nil, unsafe actualBytes[0] == 0 {
                unsafe actualBytes[0] = 0xF4
                unsafe expectedBytes[0] = 0xF4
            }
            return
        }
        let source = 4 * Int(exception.vector)
        for vector in Self.exceptions where 4 * vector != source {
            for index in 0..<4 where unsafe actualBytes[4 * vector + index] == 0 {
                // SAFETY: as in load(_:).
                unsafe actualBytes[4 * vector + index] = actualBytes[source + index]
                unsafe expectedBytes[4 * vector + index] = expectedBytes[source + index]
            }
        }
    }

    /// Those that 16-bit code raises.
    private static let exceptions = [0, 5, 6, 12, 13]

    private func difference(_ test: SingleStepTest) -> SingleStepDifference {
        let cpu = machine.processor.cpu
        var result = SingleStepDifference()
        for register in SingleStepTest.Register.allCases {
            let wanted = test.final(register)
            let got: UInt16 =
                switch register {
                case .ip: UInt16(truncatingIfNeeded: cpu.state.ip)
                case .flags: UInt16(truncatingIfNeeded: cpu.flags) & 0xFFF
                case .es, .cs, .ss, .ds:
                    cpu.state.segments[register.rawValue - SingleStepTest.Register.es.rawValue].selector
                default: UInt16(truncatingIfNeeded: cpu.state.general[register.rawValue])
                }
            if register == .flags {
                result.flags = (wanted ^ got) & 0xFFF
            } else if got != wanted {
                result.registers.insert(register)
            }
        }
        if test.exception != nil { comparePushedFlags(test, &result) }
        let raised = cpu.state.fault.vector
        if raised != Fault.leave, raised != test.exception?.vector { result.vector = raised }
        compareMemory(&result)
        clear(test)
        return result
    }

    /// Compares the flags that an interrupt pushed, without the upper four. The files give their place, but not where SP is odd.
    private func comparePushedFlags(_ test: SingleStepTest, _ result: inout SingleStepDifference) {
        for index in 0..<2 {
            let offset = Int(test.final(.sp) &+ 4 &+ UInt16(index))
            let address = Int(test.initial[SingleStepTest.Register.ss.rawValue]) << 4 + offset
            // SAFETY: as in load(_:).
            let byte = unsafe UInt16(expectedBytes[address] ^ actualBytes[address])
            result.pushedFlags |= (byte << (8 * index)) & 0xFFF
            unsafe expectedBytes[address] = actualBytes[address]
        }
    }

    private func compareMemory(_ result: inout SingleStepDifference) {
        for page in machine.processor.takeDirtyPages() {
            let start = Int(page.rawValue)
            // SAFETY: both hold all pages.
            guard unsafe memcmp(actualBytes + start, expectedBytes + start, 4096) != 0 else { continue }
            for address in start..<start + 4096 where unsafe actualBytes[address] != expectedBytes[address] {
                result.memory.append(address)
                unsafe actualBytes[address] = 0
            }
        }
    }

    /// Makes both memories zero again.
    private func clear(_ test: SingleStepTest) {
        let handlers = Self.exceptions.flatMap { vector in (0..<4).map { (4 * vector + $0, UInt8(0)) } }
        for (address, _) in test.initialMemory + test.finalMemory + handlers {
            unsafe actualBytes[address] = 0
            unsafe expectedBytes[address] = 0
            machine.processor.memoryChanged(at: GuestPhysicalAddress(UInt64(address)), count: 1)
        }
        _ = machine.processor.takeDirtyPages()
    }
}
