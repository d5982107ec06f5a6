import KVMCore
import TestBasics
import Testing
import X86

@Suite(.needsKVM) struct PagingTests {
    /// Enters long mode with the first 2 MiB mapped to themselves.
    static func enterLongMode(_ guest: inout TinyGuest) throws {
        let (root, directories, tables): (UInt64, UInt64, UInt64) = (0x9000, 0xA000, 0xB000)
        guest.memory.write(Self.entry(directories | 3), at: Int(root))  // present, writable
        guest.memory.write(Self.entry(tables | 3), at: Int(directories))
        guest.memory.write(Self.entry(0x83), at: Int(tables))  // present, writable, 2 MiB
        var special = try guest.vcpu.specialRegisters()
        special.cr3 = root
        special.cr4 |= 1 << 5  // PAE
        special.cr0 |= 1 << 31 | 1  // PG, PE
        special.efer |= 1 << 8 | 1 << 10  // LME, LMA
        special.cs = Segment(limit: .max, selector: 8, type: 11, isLong: true, isPageGranular: true)
        let data = Segment(limit: .max, selector: 16, type: 3, isDefault32: true, isPageGranular: true)
        (special.ds, special.es, special.ss) = (data, data, data)
        try guest.vcpu.setSpecialRegisters(special)
    }

    static func entry(_ value: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

    @Test func aStateOfSyncedRegistersIsThatOfTheCallsInPAEPagingToo() throws {
        var guest = try TinyGuest([])
        let (root, directories): (UInt64, UInt64) = (0x9000, 0xA000)
        guest.memory.write(Self.entry(directories | 1), at: Int(root))  // present
        guest.memory.write(Self.entry(0x83), at: Int(directories))  // present, writable, 2 MiB
        var special = try guest.vcpu.specialRegisters()
        special.cr3 = root
        special.cr4 |= 1 << 5  // PAE
        special.cr0 |= 1 << 31 | 1  // PG, PE
        try guest.vcpu.setSpecialRegisters(special)
        guest.vcpu.synchronizedRegisters = [.general, .special, .events]
        #expect(try guest.vcpu.completePendingExit() == .completed)

        let synced = try guest.vcpu.saveState(msrs: [])

        #expect(synced.specialRegisters == (try guest.vcpu.specialRegisters()))
        #expect(synced.specialRegisters.cr3 == root)
    }

    @Test func onlyWhatTheGuestMapsIsTranslated() throws {
        var guest = try TinyGuest([])
        try Self.enterLongMode(&guest)
        #expect(try guest.vcpu.translate(GuestVirtualAddress(0x1234)) == GuestPhysicalAddress(0x1234))
        #expect(try guest.vcpu.translate(GuestVirtualAddress(0x4000_0000)) == nil)
    }

    @Test func aLongModeStateRestoresAndRuns() throws {
        let code: [UInt8] = [
            0x48, 0xB8, 0xEF, 0xCD, 0xAB, 0x89, 0x67, 0x45, 0x23, 0x01,  // mov rax, 0x0123456789abcdef
            0xF4,  // hlt
        ]
        var source = try TinyGuest(code)
        try Self.enterLongMode(&source)
        let saved = try source.vcpu.saveState(msrs: StateTests.msrs)
        var target = try TinyGuest(code)
        target.memory.write(source.memory.read(at: 0, count: TinyGuest.memorySize), at: 0)
        try target.vcpu.restoreState(saved)
        #expect(try target.vcpu.saveState(msrs: StateTests.msrs) == saved)
        try target.runToHalt()
        #expect(try target.vcpu.registers().rax == 0x0123_4567_89AB_CDEF)
    }
}
