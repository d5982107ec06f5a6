import CKVM
import TestBasics
import Testing
import X86

@testable import KVMCore

@Suite(.needsKVM) struct DebugTests {
    static let code: [UInt8] = [
        0x90,  // 1000: nop
        0x40,  // 1001: inc ax
        0x40,  // 1002: inc ax
        0xF4,  // 1003: hlt
    ]

    @Test func singleStepsStopAfterEachInstruction() throws {
        var guest = try TinyGuest(Self.code)
        try guest.vcpu.setGuestDebug(GuestDebug(singleStep: true))
        var stops: [String] = []
        for _ in 0..<3 {
            try guest.runToExit()
            stops.append(try guest.summary())
        }
        #expect(stops == ["debug 0x1001", "debug 0x1002", "debug 0x1003"])
        try guest.vcpu.setGuestDebug(GuestDebug())
        try guest.runToHalt()
        #expect(try guest.vcpu.registers().rax & 0xFFFF == 2)
    }

    @Test func aHardwareBreakpointStopsBeforeItsInstruction() throws {
        var guest = try TinyGuest(Self.code)
        try guest.vcpu.setGuestDebug(
            GuestDebug(hardwareBreakpoints: [
                .init(address: GuestVirtualAddress(0x5000)), .init(address: GuestVirtualAddress(0x1002)),
            ])
        )
        try guest.runToExit()
        let debug = try Self.debugExit(of: &guest)
        #expect(debug.address == GuestVirtualAddress(0x1002))
        #expect(debug.breakpoints == [1])
        #expect(!debug.isSingleStep)
        #expect(try guest.vcpu.registers().rax & 0xFFFF == 1)
    }

    @Test func everySettingIsSaidToTheKernelInItsBits() throws {
        let watched = GuestDebug(
            hardwareBreakpoints: [
                .init(address: GuestVirtualAddress(0x1001)),
                .init(address: GuestVirtualAddress(0x2002), kind: .write, length: .word),
                .init(address: GuestVirtualAddress(0x3004), kind: .access, length: .doubleword),
                .init(address: GuestVirtualAddress(0x4008), kind: .write, length: .quadword),
            ]
        ).kernelValue
        let registers = watched.arch.debugreg
        #expect(watched.control == UInt32(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW_BP))
        #expect([registers.0, registers.1, registers.2, registers.3] == [0x1001, 0x2002, 0x3004, 0x4008])
        // Global enables in bits 1, 3, 5 and 7; then length and kind of each: 0, 1|4, 3|12, 1|8.
        #expect(registers.7 == 0x9F50_06AA)
        #expect(
            GuestDebug(softwareBreakpoints: true).kernelValue.control
                == UInt32(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_SW_BP)
        )
        #expect(
            GuestDebug(singleStep: true, blocksInterrupts: true).kernelValue.control
                == UInt32(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP) | UInt32(KVM_GUESTDBG_BLOCKIRQ)
        )
        #expect(GuestDebug().kernelValue.control == 0)
    }

    @Test func theKernelTakesSoftwareBreakpointsAndWatchpoints() throws {
        var guest = try TinyGuest(Self.code)
        try guest.vcpu.setGuestDebug(GuestDebug(softwareBreakpoints: true))
        try guest.vcpu.setGuestDebug(
            GuestDebug(hardwareBreakpoints: [
                .init(address: GuestVirtualAddress(0x5000), kind: .write, length: .doubleword),
                .init(address: GuestVirtualAddress(0x5008), kind: .access, length: .byte),
            ])
        )
        try guest.runToHalt()
        #expect(try guest.vcpu.registers().rax & 0xFFFF == 2)
    }

    @Test func aSoftwareBreakpointIsToldFromAStep() {
        let exit = DebugExit(exception: 3, address: GuestVirtualAddress(0x1001), status: 0x4001, control: 0)
        #expect(!exit.isSingleStep && exit.breakpoints.isEmpty)
    }

    @Test func thereAreFourBreakpoints() throws {
        var guest = try TinyGuest(Self.code)
        let breakpoint = GuestDebug.HardwareBreakpoint(address: GuestVirtualAddress(0x1000))
        var caught: KVMError?
        do {
            try guest.vcpu.setGuestDebug(
                GuestDebug(hardwareBreakpoints: [GuestDebug.HardwareBreakpoint](repeating: breakpoint, count: 5))
            )
        } catch {
            caught = error
        }
        #expect(caught?.description.contains("a processor has only four") == true)
    }

    @Test func withoutPagingAnAddressTranslatesToItself() throws {
        let guest = try TinyGuest(Self.code)
        #expect(try guest.vcpu.translate(GuestVirtualAddress(0x1234)) == GuestPhysicalAddress(0x1234))
    }

    static func debugExit(of guest: inout TinyGuest) throws -> DebugExit {
        switch guest.vcpu.exit {
        case .debug(let debug): return debug
        default: throw UnexpectedExit()
        }
    }

    struct UnexpectedExit: Error {}
}
