import KVMCore
import SystemPackage
import TestBasics
import Testing
import X86

@Suite(.needsKVM) struct InterruptTests {
    /// Takes interrupt 0x20 at 0x3000, where it writes to port 0x20.
    static let handler: [UInt8] = [
        0xE6, 0x20,  // out 0x20, al
        0xCF,  // iret
    ]
    static let setUp: [UInt8] = [
        0xC7, 0x06, 0x80, 0x00, 0x00, 0x30,  // mov word [0x80], 0x3000: vector 0x20 in the real-mode table
        0xC7, 0x06, 0x82, 0x00, 0x00, 0x00,  // mov word [0x82], 0
    ]

    static func guest(_ code: [UInt8]) throws -> TinyGuest {
        let guest = try TinyGuest(setUp + code)
        guest.memory.write(handler, at: 0x3000)
        return guest
    }

    @Test func anInterruptEndsAHaltAndComesBackBehindIt() throws {
        var guest = try Self.guest([
            0xFB,  // sti
            0xF4,  // hlt
            0xE6, 0x99,  // out 0x99, al
        ])
        try guest.runToHalt()
        #expect(guest.vcpu.readyForInterruptInjection == true)
        #expect(guest.vcpu.interruptFlag == true)
        try guest.vcpu.interrupt(vector: 0x20)
        try guest.runToExit()
        #expect(try guest.summary() == "out 0x20 byte 0")
        try guest.runToExit()
        #expect(try guest.summary() == "out 0x99 byte 0")
    }

    @Test func aGuestWithInterruptsOffIsNotReady() throws {
        var guest = try Self.guest([
            0xFA,  // cli
            0xF4,  // hlt
        ])
        try guest.runToHalt()
        #expect(guest.vcpu.readyForInterruptInjection == false)
        #expect(guest.vcpu.interruptFlag == false)
    }

    @Test func theInterruptWindowExitsOnceInterruptsAreOn() throws {
        var guest = try Self.guest([
            0xFA,  // cli
            0xE6, 0x10,  // out 0x10, al
            0xFB,  // sti
            0xEB, 0xFE,  // here: jmp here
        ])
        try guest.runToExit()
        guest.vcpu.requestsInterruptWindow = true
        try guest.runToExit()
        #expect(try guest.summary() == "window")
        #expect(guest.vcpu.readyForInterruptInjection == true)
        guest.vcpu.requestsInterruptWindow = false
        try guest.vcpu.interrupt(vector: 0x20)
        try guest.runToExit()
        #expect(try guest.summary() == "out 0x20 byte 0")
    }

    @Test func aNonMaskableInterruptComesWithInterruptsOff() throws {
        var guest = try Self.guest([
            0xC7, 0x06, 0x08, 0x00, 0x00, 0x30,  // mov word [0x08], 0x3000: vector 2
            0xC7, 0x06, 0x0A, 0x00, 0x00, 0x00,  // mov word [0x0a], 0
            0xFA,  // cli
            0xE6, 0x10,  // out 0x10, al
            0x90,  // nop
            0xF4,  // hlt
        ])
        try guest.runToExit()
        try guest.vcpu.nmi()
        try guest.runToExit()
        #expect(try guest.summary() == "out 0x20 byte 0")
    }

    @Test func aPendingInterruptIsPartOfTheState() throws {
        var source = try Self.guest([
            0xFB,  // sti
            0xF4,  // hlt
            0xE6, 0x99,  // out 0x99, al
        ])
        try source.runToHalt()
        try source.vcpu.interrupt(vector: 0x20)
        let saved = try source.vcpu.saveState(msrs: [])
        #expect(saved.events.interrupt.injected)
        #expect(saved.events.interrupt.vector == 0x20)
        var target = try Self.guest([])
        target.memory.write(source.memory.read(at: 0, count: TinyGuest.memorySize), at: 0)
        try target.vcpu.restoreState(saved)
        #expect(try target.vcpu.saveState(msrs: []) == saved)
        try target.runToExit()
        #expect(try target.summary() == "out 0x20 byte 0")
    }

    @Test func theTaskPrioritySurvivesARun() throws {
        var guest = try Self.guest([
            0xF4  // hlt
        ])
        var special = try guest.vcpu.specialRegisters()
        special.cr8 = 5
        try guest.vcpu.setSpecialRegisters(special)
        try guest.runToHalt()
        #expect(try guest.vcpu.specialRegisters().cr8 == 5)
        #expect(guest.vcpu.taskPriority == 5)
    }

    @Test func withControllersInTheKernelAnInterruptFromOutsideIsRefused() throws {
        var vm = try KVMSystem.open().createVM()
        try vm.createIRQChip()
        var vcpu = try vm.createVCPU(id: 0)
        var caught: KVMError?
        do { try vcpu.interrupt(vector: 0x20) } catch { caught = error }
        #expect(caught?.errno == .noSuchAddressOrDevice)
        #expect(caught?.argument == "vector 32")
    }
}
