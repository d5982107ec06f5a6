import KVMCore
import Testing
import X86

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
        #expect(caught?.description.contains("a processor has four") == true)
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
