import Glibc
import KVMCore
import SystemPackage
import TestBasics
import Testing
import X86

/// Interrupt controllers in the kernel, which the recorder does not use.
@Suite(.needsKVM) struct IRQChipTests {
    static func vm() throws -> VM {
        var vm = try KVMSystem.open().createVM()
        try vm.createIRQChip()
        return vm
    }

    @Test(arguments: PICState.Chip.allCases)
    func theStateOfAPICRoundTrips(chip: PICState.Chip) throws {
        let vm = try Self.vm()
        var state = try vm.pic(chip)
        state.vectorBase = 0x28
        state.mask = 0xA5
        state.levelTriggered = 0x08
        try vm.setPIC(chip, state)
        #expect(try vm.pic(chip) == state)
    }

    @Test func theStateOfTheIOAPICRoundTrips() throws {
        let vm = try Self.vm()
        var state = try vm.ioapic()
        #expect(state.baseAddress == GuestPhysicalAddress(0xFEC0_0000))
        state.redirections[4] = 0x1_0031
        state.selectedRegister = 0x18
        try vm.setIOAPIC(state)
        #expect(try vm.ioapic() == state)
    }

    @Test func anIOAPICHasItsPinsAndNoMore() throws {
        let vm = try Self.vm()
        var state = try vm.ioapic()
        state.redirections.removeLast()
        let wrong = state
        let error = #expect(throws: KVMError.self) { try vm.setIOAPIC(wrong) }
        #expect(error?.description.contains("24 pins, not 23") == true)
    }

    @Test func theStateOfThePITRoundTrips() throws {
        let vm = try Self.vm()
        try vm.createPIT2(withSpeaker: true)
        var state = try vm.pit2()
        state.speaker.count = 0x1234
        state.speaker.mode = 3
        state.flags = .speakerDataOn
        try vm.setPIT2(state)
        var back = try vm.pit2()
        #expect(back.speaker.count == 0x1234)
        // KVM loads the channels anew, each at the time of the call.
        back.timer.loadTime = state.timer.loadTime
        back.refresh.loadTime = state.refresh.loadTime
        back.speaker.loadTime = state.speaker.loadTime
        #expect(back == state)
    }

    @Test func aRaisedLineIsRequestedOfThePIC() throws {
        let vm = try Self.vm()
        try vm.setIRQLine(4, level: true)
        #expect(try vm.pic(.primary).requests & 1 << 4 != 0)
    }

    @Test func whatBecomesOfARaisedLineIsReported() throws {
        let vm = try Self.vm()
        let delivered = try vm.setIRQLineReportingStatus(4, level: true)
        try vm.setIRQLine(4, level: false)
        let merged = try vm.setIRQLineReportingStatus(4, level: true)
        try vm.setIRQLine(4, level: false)
        var state = try vm.pic(.primary)
        state.mask = 1 << 4
        try vm.setPIC(.primary, state)
        let masked = try vm.setIRQLineReportingStatus(4, level: true)
        #expect([delivered, merged, masked] == [1, 0, -1])
    }

    @Test func anEventRaisesItsLine() throws {
        let vm = try Self.vm()
        let event = try EventDescriptor()
        try vm.assignIRQFD(event, line: 5)
        try event.signal()
        #expect(try Self.waitFor(line: 5, of: vm))
        try vm.deassignIRQFD(event, line: 5)
    }

    @Test func anEventWithResamplingInterruptsTheGuestAndHearsOfTheAcknowledgement() throws {
        var guest = try TinyGuest([
            0xB0, 0x11, 0xE6, 0x20,  // mov al, 0x11; out 0x20, al: the PIC is initialised,
            0xB0, 0x20, 0xE6, 0x21,  // mov al, 0x20; out 0x21, al: to vectors from 0x20,
            0xB0, 0x04, 0xE6, 0x21,  // mov al, 0x04; out 0x21, al: a second one at line 2,
            0xB0, 0x01, 0xE6, 0x21,  // mov al, 0x01; out 0x21, al: in 8086 mode
            0xB0, 0x00, 0xE6, 0x21,  // mov al, 0x00; out 0x21, al: no line is masked
            0xE6, 0x10,  // out 0x10, al
            0xFB,  // sti
            0xF4,  // wait: hlt
            0xEB, 0xFD,  // jmp wait
        ]) { vm in
            try vm.createIRQChip()
        }
        guest.memory.write([0x00, 0x30, 0x00, 0x00], at: 0x25 * 4)  // vector 0x25 is at 0x3000
        guest.memory.write(
            [
                0xE6, 0x11,  // out 0x11, al
                0xB0, 0x20, 0xE6, 0x20,  // mov al, 0x20; out 0x20, al: the end of the interrupt
                0xE6, 0x12,  // out 0x12, al
                0xCF,  // iret
            ],
            at: 0x3000
        )
        let event = try EventDescriptor()
        let resample = try EventDescriptor()
        try guest.vm.assignIRQFD(event, line: 5, resample: resample)
        try guest.runToExit()
        #expect(try guest.summary() == "out 0x10 byte 0")
        try event.signal()
        try guest.runToExit()
        #expect(try guest.summary() == "out 0x11 byte 0")
        #expect(try resample.take() == 0)
        try guest.runToExit()
        #expect(try guest.summary() == "out 0x12 byte 20")
        #expect(try resample.take() == 1)
        try guest.vm.deassignIRQFD(event, line: 5)
    }

    @Test func routesDecideWhereALineLeads() throws {
        let vm = try Self.vm()
        try vm.setIRQRouting([
            IRQRoute(line: 40, to: .pin(chip: 0, 3)),
            IRQRoute(line: 41, to: .message(MSI(address: GuestPhysicalAddress(0xFEE0_0000), data: 0x31))),
        ])
        try vm.setIRQLine(40, level: true)
        #expect(try vm.pic(.primary).requests & 1 << 3 != 0)
    }

    @Test func aRouteToNoSuchPinIsInvalid() throws {
        let vm = try Self.vm()
        let error = #expect(throws: KVMError.self) {
            try vm.setIRQRouting([IRQRoute(line: 1, to: .pin(chip: 0, 99))])
        }
        #expect(error?.errno == .invalidArgument)
    }

    @Test func aMessageIsNotDeliveredToAProcessorThatIsNotThere() throws {
        let vm = try Self.vm()
        #expect(try !vm.signal(MSI(address: GuestPhysicalAddress(0xFEE0_0000), data: 0x31)))
    }

    @Test func aMessageIsDeliveredToAProcessorWhoseAPICIsOn() throws {
        var guest = try TinyGuest(
            [
                0xC7, 0x05, 0xF0, 0x00, 0xE0, 0xFE, 0xFF, 0x01, 0x00, 0x00,  // mov dword [0xfee000f0], 0x1ff
                0xE6, 0x10,  // out 0x10, al
            ]
        ) { vm in
            try vm.createIRQChip()
        }
        try TinyGuest.enterProtectedMode(&guest.vcpu)
        try guest.runToExit()
        #expect(try guest.summary() == "out 0x10 byte 0")
        #expect(try guest.vm.signal(MSI(address: GuestPhysicalAddress(0xFEE0_0000), data: 0x31)))
    }

    @Test func aMatchingWriteSignalsItsEventAndDoesNotExit() throws {
        var guest = try TinyGuest([
            0xB0, 0x42,  // mov al, 0x42
            0xE6, 0x70,  // out 0x70, al
            0xB0, 0x43,  // mov al, 0x43
            0xE6, 0x70,  // out 0x70, al
            0xF4,  // hlt
        ])
        let event = try EventDescriptor()
        let writes = IOEvent(at: .port(Port(0x70)), size: .byte, value: 0x42)
        try guest.vm.assignIOEventFD(event, writes)
        try guest.runToExit()
        #expect(try guest.summary() == "out 0x70 byte 43")
        #expect(try event.take() == 1)
        try guest.vm.deassignIOEventFD(event, writes)
        try guest.runToHalt()
        #expect(try event.take() == 0)
    }

    @Test func aMemoryWriteOfAnyWidthSignalsItsEvent() throws {
        var guest = try TinyGuest([
            0xB8, 0x00, 0xF0,  // mov ax, 0xf000
            0x8E, 0xD8,  // mov ds, ax
            0xC6, 0x06, 0x00, 0x00, 0x01,  // mov byte [0], 1
            0xC7, 0x06, 0x00, 0x00, 0x01, 0x00,  // mov word [0], 1
            0xF4,  // hlt
        ])
        let event = try EventDescriptor()
        try guest.vm.assignIOEventFD(
            event,
            IOEvent(at: .memory(GuestPhysicalAddress(0xF0000)), size: nil)
        )
        try guest.runToHalt()
        #expect(try event.take() == 2)
    }

    /// Event descriptors are served by a thread of the kernel: looks until the line is up, for a second at most.
    static func waitFor(line: UInt32, of vm: borrowing VM) throws -> Bool {
        for _ in 0..<1000 {
            let chip: PICState.Chip = line < 8 ? .primary : .secondary
            let state = try vm.pic(chip)
            if (state.lastLines | state.requests) & 1 << UInt8(line % 8) != 0 { return true }
            usleep(1000)
        }
        return false
    }
}
