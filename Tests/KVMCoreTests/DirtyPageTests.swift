import KVMCore
import TestBasics
import Testing
import X86

@Suite(.needsKVM) struct DirtyPageTests {
    /// Writes to page 2 and, after an exit, to page 5.
    static let code: [UInt8] = [
        0xC6, 0x06, 0x00, 0x20, 0x01,  // mov byte [0x2000], 1
        0xE6, 0x10,  // out 0x10, al
        0xC6, 0x06, 0x00, 0x50, 0x01,  // mov byte [0x5000], 1
        0xF4,  // hlt
    ]

    static func log(_ vm: borrowing VM) throws -> [UInt8] {
        var bitmap = [UInt8](repeating: 0, count: try vm.dirtyLogSize(TinyGuest.slot))
        var span = bitmap.mutableSpan
        // SAFETY: any byte is a valid element.
        var raw = unsafe span.mutableBytes
        try vm.dirtyLog(TinyGuest.slot, into: &raw)
        return bitmap
    }

    @Test func theLogNamesThePagesWrittenSinceTheLastLook() throws {
        var guest = try TinyGuest(Self.code, flags: .logDirtyPages)
        try guest.runToExit()
        #expect(try Self.log(guest.vm) == [1 << 2, 0, 0, 0, 0, 0, 0, 0])
        try guest.runToHalt()
        #expect(try Self.log(guest.vm) == [1 << 5, 0, 0, 0, 0, 0, 0, 0])
        #expect(try Self.log(guest.vm) == [0, 0, 0, 0, 0, 0, 0, 0])
    }

    @Test func withManualClearingPagesStayDirtyUntilCleared() throws {
        var guest = try TinyGuest(Self.code, flags: .logDirtyPages) { vm in
            try vm.enable(.manualDirtyLogProtect2, 1)
        }
        try guest.runToExit()
        #expect(try Self.log(guest.vm)[0] == 1 << 2)
        #expect(try Self.log(guest.vm)[0] == 1 << 2)
        let cleared: [UInt8] = [1 << 2, 0, 0, 0, 0, 0, 0, 0]
        // SAFETY: bytes have no padding.
        try unsafe guest.vm.clearDirtyLog(TinyGuest.slot, pages: 16, bitmap: cleared.span.bytes)
        try guest.runToHalt()
        #expect(try Self.log(guest.vm)[0] == 1 << 5)
    }

    @Test func aBitmapThatIsTooSmallIsRefused() throws {
        let guest = try TinyGuest(Self.code, flags: .logDirtyPages)
        var bitmap: [UInt8] = [0, 0]
        var caught: KVMError?
        do {
            var span = bitmap.mutableSpan
            // SAFETY: any byte is a valid element.
            var raw = unsafe span.mutableBytes
            try guest.vm.dirtyLog(TinyGuest.slot, into: &raw)
        } catch {
            caught = error
        }
        #expect(caught?.description.contains("the bitmap has 2 bytes, but 8 are needed") == true)
    }

    @Test func theRingNamesEachPageOnceUntilItIsReset() throws {
        var guest = try TinyGuest(
            [
                0xC6, 0x06, 0x00, 0x20, 0x01,  // mov byte [0x2000], 1
                0xC6, 0x06, 0x00, 0x50, 0x01,  // mov byte [0x5000], 1
                0xE6, 0x10,  // out 0x10, al
                0xC6, 0x06, 0x00, 0x20, 0x02,  // mov byte [0x2000], 2
                0xF4,  // hlt
            ],
            flags: .logDirtyPages
        ) { vm in
            try vm.enableDirtyRing(entries: 1024)
        }
        try guest.runToExit()
        var pages: [DirtyPage] = []
        #expect(guest.vcpu.harvestDirtyRing { pages.append($0) } == 2)
        #expect(pages == [DirtyPage(slot: TinyGuest.slot, page: 2), DirtyPage(slot: TinyGuest.slot, page: 5)])
        #expect(try guest.vm.resetDirtyRings() == 2)
        try guest.runToHalt()
        pages = []
        #expect(guest.vcpu.harvestDirtyRing { pages.append($0) } == 1)
        #expect(pages == [DirtyPage(slot: TinyGuest.slot, page: 2)])
    }

    @Test func aVMWithoutARingHarvestsNothing() throws {
        var guest = try TinyGuest(Self.code)
        try guest.runToExit()
        #expect(guest.vcpu.harvestDirtyRing { _ in } == 0)
    }
}
