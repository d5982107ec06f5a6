import KVMCore
import Synchronization
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

    /// A guest behind its first access, with all sets brought back.
    private static func syncedGuest(host: HostCalls = .real) throws -> TinyGuest {
        var guest = try TinyGuest(code, host: host)
        guest.vcpu.synchronizedRegisters = [.general, .special, .events]
        try guest.runToExit()
        #expect(try guest.vcpu.completePendingExit() == .completed)
        return guest
    }

    private static let stateCalls: [HostCalls.Call] =
        ["REGS", "SREGS", "SREGS2", "VCPU_EVENTS"].map { .ioctl("KVM_GET_\($0)") }

    @Test func aStateTakesWhatTheLastRunBroughtBack() throws {
        let watch = SetUpTests.Watch()
        let guest = try Self.syncedGuest(host: watch.host)
        watch.calls.withLock { $0.removeAll() }

        let state = try guest.vcpu.saveState(msrs: [])

        let calls = watch.calls.withLock { $0 }
        #expect(calls.contains(.ioctl("KVM_GET_DEBUGREGS")))
        #expect(!calls.contains(where: Self.stateCalls.contains))
        #expect(state.registers == (try guest.vcpu.registers()))
        #expect(state.specialRegisters == (try guest.vcpu.specialRegisters()))
        #expect(state.events == (try guest.vcpu.events()))
        #expect(state.registers.rax == 0x1234)
    }

    @Test func aStateIsAskedForWhereNothingIsBroughtBack() throws {
        let watch = SetUpTests.Watch()
        var guest = try Self.syncedGuest(host: watch.host)
        guest.vcpu.synchronizedRegisters = []
        #expect(try guest.vcpu.completePendingExit() == .completed)
        watch.calls.withLock { $0.removeAll() }
        _ = try guest.vcpu.saveState(msrs: [])
        #expect(watch.calls.withLock { $0.filter(Self.stateCalls.contains) }.count == 3)
    }

    /// A change, the sets that are as they were all the same, and what a state shows of the change.
    private struct Change: Sendable {
        let fresh: SyncedRegisterSets
        let make: @Sendable (inout VCPU) throws -> Void
        let shows: @Sendable (VCPUState) -> Bool
    }

    private static let changes: [String: Change] = [
        // What is put into the run page reaches the processor with the next run.
        "synced registers": Change(fresh: [.special, .events]) {
            $0.syncedRegisters.rbx = 0xABCD
        } shows: {
            $0.registers.rbx == 0
        },
        "registers": Change(fresh: .special) {
            var registers = try $0.registers()
            registers.rbx = 0xABCD
            try $0.setRegisters(registers)
        } shows: {
            $0.registers.rbx == 0xABCD
        },
        "special registers": Change(fresh: .general) {
            var registers = try $0.specialRegisters()
            registers.cr2 = 0xABCD
            try $0.setSpecialRegisters(registers)
        } shows: {
            $0.specialRegisters.cr2 == 0xABCD
        },
        "events": Change(fresh: [.general, .special]) {
            var events = try $0.events()
            events.nmi.masked = true
            try $0.setEvents(events)
        } shows: {
            $0.events.nmi.masked
        },
        "a register by its number": Change(fresh: [.general, .events]) {
            try $0.setModelSpecificRegisters([MSREntry(MSRNumber(0xC000_0100), 0xABCD)])  // IA32_FS_BASE
        } shows: {
            $0.specialRegisters.fs.base == 0xABCD
        },
        "an interrupt": Change(fresh: [.general, .special]) {
            try $0.interrupt(vector: 0x21)
        } shows: {
            $0.events.interrupt.injected && $0.events.interrupt.vector == 0x21
        },
        "a non-maskable interrupt": Change(fresh: [.general, .special]) {
            try $0.nmi()
        } shows: {
            $0.events.nmi.pending == 1
        },
        "a step": Change(fresh: .special) {
            try $0.setGuestDebug(GuestDebug(singleStep: true))
        } shows: {
            $0.registers.rflags & 1 << 8 == 0
        },
    ]

    @Test(arguments: changes.keys.sorted()) func aStateShowsWhatHasChangedSinceTheRun(name: String) throws {
        var guest = try Self.syncedGuest()
        let change = try #require(Self.changes[name])
        try change.make(&guest.vcpu)
        #expect(guest.vcpu.freshRegisters == change.fresh)
        #expect(try change.shows(guest.vcpu.saveState(msrs: [])))
        // The next run makes the rest known.
        #expect(try guest.vcpu.completePendingExit() == .completed)
        #expect(guest.vcpu.freshRegisters == guest.vcpu.synchronizedRegisters)
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
