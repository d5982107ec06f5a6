import KVMCore
import SystemPackage
import TestBasics
import Testing
import X86

@Suite(.needsKVM) struct MemoryTests {
    static let page: UInt64 = 4096

    /// A VM with 16 pages in slot 0 at 0x10000, and 16 pages of memory to try others with.
    static func withVM(_ body: (inout VM, borrowing GuestMemory) throws -> Void) throws {
        let first = GuestMemory(size: 16 * Int(page))
        let second = GuestMemory(size: 16 * Int(page))
        var vm = try KVMSystem.open().createVM()
        try set(&vm, 0, at: 0x10000, first)
        try body(&vm, second)
        _ = first.size
    }

    static func set(
        _ vm: inout VM,
        _ slot: UInt32,
        at address: UInt64,
        _ memory: borrowing GuestMemory,
        offset: Int = 0,
        size: UInt64 = 16 * page,
        flags: MemoryFlags = []
    ) throws(KVMError) {
        // SAFETY: no vCPU ever runs on this memory, so that it may go before the VM does.
        try unsafe vm.setMemoryRegion(
            MemorySlot(slot),
            guestAddress: GuestPhysicalAddress(address),
            hostMemory: memory.address + offset,
            size: size,
            flags: flags
        )
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var slot: UInt32 = 1
        var address: UInt64 = 0x100000
        var offset = 0
        var size: UInt64 = 4096
        var reason: String
    }

    @Test(arguments: [
        Refusal(testDescription: "overlap at the start", address: 0xF000, size: 0x2000, reason: "overlaps slot 0"),
        Refusal(testDescription: "overlap at the end", address: 0x1F000, reason: "overlaps slot 0"),
        Refusal(testDescription: "overlap around", address: 0, size: 0x100000, reason: "overlaps slot 0"),
        Refusal(testDescription: "guest address", address: 0x100800, reason: "guest address is not page-aligned"),
        Refusal(testDescription: "host address", offset: 1, reason: "host address is not page-aligned"),
        Refusal(testDescription: "size", size: 100, reason: "not a multiple"),
        Refusal(testDescription: "no size", size: 0, reason: "size is zero"),
        Refusal(testDescription: "wrap of the guest", address: 0xFFFF_FFFF_FFFF_F000, size: 0x2000, reason: "wraps"),
        Refusal(testDescription: "wrap of the host", size: 0xFFFF_FFFF_FFFF_0000, reason: "wraps"),
        Refusal(testDescription: "slot", slot: 0xFFFF, reason: "there are slots 0 to"),
        Refusal(testDescription: "address space", slot: 0x50000, reason: "address spaces"),
    ])
    func aWrongRegionIsRefusedBeforeTheKernelIsAsked(refusal: Refusal) throws {
        try Self.withVM { vm, memory in
            let before = vm.memoryRegions
            var caught: KVMError?
            do {
                try Self.set(&vm, refusal.slot, at: refusal.address, memory, offset: refusal.offset, size: refusal.size)
            } catch let error as KVMError {
                caught = error
            }
            #expect(caught?.operation == "KVM_SET_USER_MEMORY_REGION")
            #expect(caught?.description.contains(refusal.reason) == true, "\(caught?.description ?? "no error")")
            #expect(caught?.errno == nil)
            #expect(vm.memoryRegions == before)
        }
    }

    @Test func regionsThatTouchDoNotOverlap() throws {
        try Self.withVM { vm, memory in
            try Self.set(&vm, 1, at: 0x20000, memory, size: Self.page)
            try Self.set(&vm, 2, at: 0xF000, memory, offset: 4096, size: Self.page)
            #expect(vm.memoryRegions.count == 3)
        }
    }

    @Test func aRegionMovesResizesChangesAndGoes() throws {
        try Self.withVM { vm, memory in
            try Self.set(&vm, 1, at: 0x40000, memory)
            try Self.set(&vm, 1, at: 0x80000, memory)
            #expect(vm.memoryRegions[MemorySlot(1)]?.guestAddress == GuestPhysicalAddress(0x80000))
            try Self.set(&vm, 1, at: 0x80000, memory, size: 8 * Self.page)
            #expect(vm.memoryRegions[MemorySlot(1)]?.size == 8 * Self.page)
            try Self.set(&vm, 1, at: 0x80000, memory, size: 8 * Self.page, flags: .logDirtyPages)
            #expect(vm.memoryRegions[MemorySlot(1)]?.flags == .logDirtyPages)
            try Self.set(&vm, 1, at: 0x80000, memory, size: 8 * Self.page, flags: .readOnly)
            #expect(vm.memoryRegions[MemorySlot(1)]?.flags == .readOnly)
            try vm.removeMemoryRegion(MemorySlot(1))
            #expect(vm.memoryRegions.keys.sorted() == [MemorySlot(0)])
        }
    }

    @Test func whatTheKernelRefusesLeavesTheOldRegionInPlace() throws {
        try Self.withVM { vm, memory in
            try Self.set(&vm, 1, at: 0x40000, memory)
            let before = vm.memoryRegions
            // Beyond the widest physical address that a processor can have.
            var caught: KVMError?
            do {
                try Self.set(&vm, 1, at: 1 << 60, memory, size: 8 * Self.page)
            } catch let error as KVMError {
                caught = error
            }
            #expect(caught?.errno == .invalidArgument)
            #expect(vm.memoryRegions == before)
        }
    }

    @Test func anUnusedSlotCannotBeRemoved() throws {
        var vm = try KVMSystem.open().createVM()
        var caught: KVMError?
        do { try vm.removeMemoryRegion(MemorySlot(3)) } catch { caught = error }
        #expect(caught?.description.contains("not in use") == true)
    }

    @Test func aWriteToAReadOnlyRegionExitsAndChangesNothing() throws {
        var guest = try TinyGuest(
            [
                0xC6, 0x06, 0x00, 0x20, 0x5A,  // mov byte [0x2000], 0x5a
                0xF4,  // hlt
            ],
            flags: .readOnly
        )
        try guest.runToExit()
        #expect(try guest.summary() == "write 0x2000 5a")
        #expect(guest.memory.read(at: 0x2000, count: 1) == [0])
    }

    @Test func aMovedRegionIsSeenByTheGuestWhereItNowIs() throws {
        var guest = try TinyGuest([
            0xE6, 0x10,  // out 0x10, al
            0xB8, 0x00, 0x40,  // mov ax, 0x4000
            0x8E, 0xD8,  // mov ds, ax
            0xA0, 0x00, 0x00,  // mov al, [0]
            0xF4,  // hlt
        ])
        let memory = GuestMemory(size: 4096)
        memory.write([0x77], at: 0)
        try Self.set(&guest.vm, 1, at: 0x30000, memory, size: Self.page)
        try guest.runToExit()
        try Self.set(&guest.vm, 1, at: 0x40000, memory, size: Self.page)
        try guest.runToHalt()
        #expect(try guest.vcpu.registers().rax & 0xFF == 0x77)
    }
}
