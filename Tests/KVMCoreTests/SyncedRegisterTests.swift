import KVMCore
import TestBasics
import Testing
import X86

@Suite(.needsKVM) struct SyncedRegisterTests {
    static let code: [UInt8] = [
        0xB8, 0x34, 0x12,  // mov ax, 0x1234
        0xE6, 0x10,  // out 0x10, al
        0x89, 0xD8,  // mov ax, bx
        0xE7, 0x11,  // out 0x11, ax
        0xF4,  // hlt
    ]

    @Test func aRunBringsBackWhatTheCallsWouldSay() throws {
        var guest = try TinyGuest(Self.code)
        guest.vcpu.synchronizedRegisters = [.general, .special, .events]
        try guest.runToExit()
        #expect(guest.vcpu.syncedRegisters == (try guest.vcpu.registers()))
        #expect(guest.vcpu.syncedRegisters.rax == 0x1234)
        #expect(guest.vcpu.syncedSpecialRegisters.cs == (try guest.vcpu.specialRegisters().cs))
        #expect(guest.vcpu.syncedEvents == (try guest.vcpu.events()))
    }

    @Test func aStateOfSyncedRegistersIsTheStateThatTheCallsGive() throws {
        var guest = try TinyGuest(Self.code)
        guest.vcpu.synchronizedRegisters = [.general, .special, .events]
        try guest.runToExit()
        #expect(try guest.vcpu.completePendingExit() == .completed)

        let synced = try guest.vcpu.saveState(msrs: StateTests.msrs, synced: guest.vcpu.synchronizedRegisters)

        #expect(synced == (try guest.vcpu.saveState(msrs: StateTests.msrs)))
        #expect(synced.registers.rax == 0x1234)
        // So that it is seen to come from there.
        guest.vcpu.syncedRegisters.rbx = 0xABCD
        #expect(try guest.vcpu.saveState(msrs: [], synced: .general).registers.rbx == 0xABCD)
        #expect(try guest.vcpu.saveState(msrs: []).registers.rbx == 0)
    }

    @Test func whatIsSetReachesTheGuestAtTheNextRun() throws {
        var guest = try TinyGuest(Self.code)
        guest.vcpu.synchronizedRegisters = .general
        try guest.runToExit()
        #expect(try guest.vcpu.completePendingExit() == .completed)
        guest.vcpu.syncedRegisters.rbx = 0xABCD
        try guest.runToExit()
        #expect(try guest.summary() == "out 0x11 word cd ab")
        #expect(guest.vcpu.syncedRegisters.rbx == 0xABCD)
    }

    @Test func whicheverWaySetsRegistersLastCounts() throws {
        var guest = try TinyGuest(Self.code)
        guest.vcpu.synchronizedRegisters = [.general, .special, .events]
        try guest.runToExit()
        #expect(try guest.vcpu.completePendingExit() == .completed)
        let state = try guest.vcpu.saveState(msrs: [])
        guest.vcpu.syncedRegisters.rbx = 0x1111
        guest.vcpu.syncedSpecialRegisters.es.selector = 0x2222
        guest.vcpu.syncedEvents.nmi.masked = true
        try guest.vcpu.restoreState(state)
        try guest.runToExit()
        #expect(try guest.summary() == "out 0x11 word 0 0")
        #expect(guest.vcpu.syncedSpecialRegisters.es == state.specialRegisters.es)
        #expect(guest.vcpu.syncedEvents.nmi.masked == false)
    }

    @Test func onlyWhatTheHostHasCanBeAskedFor() throws {
        var guest = try TinyGuest(Self.code)
        guest.vcpu.synchronizedRegisters = SyncedRegisterSets(rawValue: .max)
        #expect(guest.vcpu.synchronizedRegisters == guest.vcpu.synchronizableRegisters)
        try guest.runToExit()
    }
}
