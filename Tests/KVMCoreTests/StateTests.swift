import KVMCore
import SystemPackage
import TestBasics
import Testing
import X86

@Suite(.needsKVM) struct StateTests {
    /// SYSENTER, PAT, SYSCALL, KERNEL_GS_BASE.
    static let msrs = [0x174, 0x175, 0x176, 0x277, 0xC000_0081, 0xC000_0082, 0xC000_0084, 0xC000_0102].map {
        MSRNumber($0)
    }
    /// Offset of XMM0 in an XSAVE area (Intel SDM vol. 1, table 10-2), and of the bits that say what is in the area.
    static let (xmmOffset, headerOffset) = (160, 512)

    @Test func aWholeStateRestoresEqualIntoAnotherVM() throws {
        var source = try TinyGuest([
            0xBC, 0x00, 0x70,  // mov sp, 0x7000
            0xB8, 0x34, 0x12,  // mov ax, 0x1234
            0x8E, 0xC0,  // mov es, ax
            0xFB,  // sti
            0xF4,  // hlt
        ])
        try source.runToHalt()
        var xsave = try source.vcpu.xsave()
        xsave.bytes[Self.xmmOffset] = 0xA5
        xsave.bytes[Self.headerOffset] |= 2
        try source.vcpu.setXSave(xsave)
        try source.vcpu.setModelSpecificRegisters([MSREntry(MSRNumber(0xC000_0102), 0x1122_3344)])
        var debug = try source.vcpu.debugRegisters()
        debug.addresses = SIMD4(1, 2, 3, 4)
        try source.vcpu.setDebugRegisters(debug)
        let saved = try source.vcpu.saveState(msrs: Self.msrs)
        var target = try TinyGuest([])
        try target.vcpu.restoreState(saved)
        #expect(try target.vcpu.saveState(msrs: Self.msrs) == saved)
        #expect(saved.specialRegisters.es.selector == 0x1234)
        #expect(saved.registers.rsp == 0x7000)
        #expect(saved.xsave?.bytes[Self.xmmOffset] == 0xA5)
        #expect(saved.modelSpecificRegisters.last == MSREntry(MSRNumber(0xC000_0102), 0x1122_3344))
        #expect(saved.debugRegisters.addresses == SIMD4(1, 2, 3, 4))
    }

    @Test func aStateTakenBetweenTwoAccessesGoesOnTheSame() throws {
        let code: [UInt8] = [
            0xE4, 0x20,  // in al, 0x20
            0x04, 0x03,  // add al, 3
            0xE6, 0x21,  // out 0x21, al
        ]
        var source = try TinyGuest(code)
        try source.runToExit()
        try ExitTests.answer(&source.vcpu, with: UInt8(4))
        #expect(try source.vcpu.completePendingExit() == .completed)
        let saved = try source.vcpu.saveState(msrs: Self.msrs)
        var target = try TinyGuest(code)
        try target.vcpu.restoreState(saved)
        try target.runToExit()
        #expect(try target.summary() == "out 0x21 byte 7")
    }

    @Test func aCompletionAfterARestoreSaysWhetherAnInterruptCanBeTaken() throws {
        var source = try TinyGuest([
            0xFB,  // sti
            0x90,  // nop
            0xF4,  // hlt
        ])
        try source.runToHalt()
        var target = try TinyGuest([])
        try target.vcpu.restoreState(source.vcpu.saveState(msrs: []))
        #expect(try target.vcpu.completePendingExit() == .completed)
        #expect(target.vcpu.readyForInterruptInjection == true)
        #expect(target.vcpu.interruptFlag == true)
    }

    @Test func floatingPointRegistersRoundTrip() throws {
        var guest = try TinyGuest([])
        var state = try guest.vcpu.floatingPoint()
        state.xmm[15] = 0x1234_5678_9ABC_DEF0_1122_3344_5566_7788
        state.stack[0] = 0x4000_C90F_DAA2_2168_C235
        state.controlWord = 0x27F
        try guest.vcpu.setFloatingPoint(state)
        #expect(try guest.vcpu.floatingPoint() == state)
    }

    @Test func eightStackRegistersAreEightAndNoFewer() throws {
        var guest = try TinyGuest([])
        var state = FloatingPointState()
        state.stack.removeLast()
        var caught: KVMError?
        do { try guest.vcpu.setFloatingPoint(state) } catch { caught = error }
        #expect(caught?.operation == "KVM_SET_FPU")
    }

    @Test func anXSaveAreaOfAnotherSizeIsRefused() throws {
        var guest = try TinyGuest([])
        var caught: KVMError?
        do { try guest.vcpu.setXSave(XSaveArea(bytes: [1, 2, 3])) } catch { caught = error }
        #expect(caught?.argument == "3 bytes")
        #expect(caught?.errno == nil)
    }

    @Test func extendedControlRegistersRoundTrip() throws {
        var guest = try TinyGuest([])
        let registers = try guest.vcpu.extendedControlRegisters()
        #expect(registers.first?.number == 0)
        try guest.vcpu.setExtendedControlRegisters(registers)
        #expect(try guest.vcpu.extendedControlRegisters() == registers)
    }

    @Test(arguments: [(1 << 26, 3), (0, 1)] as [(UInt32, UInt64)])
    func aStateHasXCR0WhetherOrNotTheGuestCanChangeIt(xsave: UInt32, value: UInt64) throws {
        var guest = try TinyGuest([])
        let entries = try KVMSystem.open().supportedCPUID().map { entry in
            var entry = entry
            if entry.function == 1 { entry.ecx = entry.ecx & ~(1 << 26) | xsave }
            return entry
        }
        try guest.vcpu.setCPUID(entries)
        try guest.vcpu.setExtendedControlRegisters([ExtendedControlRegister(number: 0, value: value)])

        let saved = try guest.vcpu.saveState(msrs: []).extendedControlRegisters

        #expect(saved == (try guest.vcpu.extendedControlRegisters()))
        #expect(saved.first?.value == value)
    }

    @Test func moreExtendedControlRegistersThanThereCanBeAreRefused() throws {
        var guest = try TinyGuest([])
        let many = [ExtendedControlRegister](repeating: .init(number: 0, value: 1), count: 17)
        var caught: KVMError?
        do { try guest.vcpu.setExtendedControlRegisters(many) } catch { caught = error }
        #expect(caught?.argument == "17 registers")
    }

    @Test func anUnknownModelSpecificRegisterIsNamed() throws {
        var guest = try TinyGuest([])
        let wrong = [MSREntry(MSRNumber(0x277), 0x0007_0406), MSREntry(MSRNumber(0xDEAD_0000), 1)]
        let reading = #expect(throws: KVMError.self) { try guest.vcpu.modelSpecificRegisters(wrong.map(\.number)) }
        #expect(reading?.operation == "KVM_GET_MSRS")
        #expect(reading?.argument == "MSR 0xdead0000")
        var writing: KVMError?
        do { try guest.vcpu.setModelSpecificRegisters(wrong) } catch { writing = error }
        #expect(writing?.operation == "KVM_SET_MSRS")
        #expect(writing?.argument == "MSR 0xdead0000")
    }

    @Test func listsLongerThanOneCallTakesAreReadWhole() throws {
        let guest = try TinyGuest([])
        let many = [MSRNumber](repeating: MSRNumber(0x277), count: 600)
        #expect(try guest.vcpu.modelSpecificRegisters(many).count == 600)
    }

    @Test func withControllersInTheKernelAProcessorCanBeSetWaiting() throws {
        var vm = try KVMSystem.open().createVM()
        try vm.createIRQChip()
        var vcpu = try vm.createVCPU(id: 0)
        try vcpu.setMPState(.halted)
        #expect(try vcpu.mpState() == .halted)
    }

    @Test func aProcessorThatWaitsToBeStartedSaysAgain() throws {
        var vm = try KVMSystem.open().createVM()
        try vm.createIRQChip()
        let boot = try vm.createVCPU(id: 0)
        var other = try vm.createVCPU(id: 1)
        other.kicker.kick()
        #expect(try other.run() == .kicked)
        var events = try other.events()
        events.systemManagement.latchedInit = true
        try other.setEvents(events)
        try #require(try other.events().systemManagement.latchedInit)
        #expect(try other.run() == .again)
        #expect(try other.mpState() == .initReceived)
        _ = boot.kicker
    }

    @Test func cpuidReadsBackWhatTheGuestSees() throws {
        let system = try KVMSystem.open()
        var guest = try TinyGuest([
            0x66, 0x31, 0xC0,  // xor eax, eax
            0x0F, 0xA2,  // cpuid
            0xF4,  // hlt
        ])
        var entries = try system.supportedCPUID()
        let vendor = try #require(entries.firstIndex { $0.function == 0 })
        entries[vendor].ebx = 0x6D76_7272  // "rrvm"
        try guest.vcpu.setCPUID(entries)
        #expect(try guest.vcpu.cpuid().first { $0.function == 0 }?.ebx == 0x6D76_7272)
        try guest.runToHalt()
        #expect(try guest.vcpu.registers().rbx == 0x6D76_7272)
    }

    @Test func aCPUIDTableThatIsTooLongIsTheKernelsToRefuse() throws {
        var guest = try TinyGuest([])
        let entries = (0..<1000).map { CPUIDEntry(function: UInt32($0)) }
        var caught: KVMError?
        do { try guest.vcpu.setCPUID(entries) } catch { caught = error }
        #expect(caught?.errno == .argListTooLong)
        #expect(caught?.argument == "1000 entries")
    }
}
