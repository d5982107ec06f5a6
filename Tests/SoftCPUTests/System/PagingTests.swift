import Testing
import X86

@testable import SoftCPU

/// Intel SDM vol. 3, chapter 5: what is at linear 400000h in each paging mode, and the error codes of page faults.
@Suite("Paging of the software processor")
struct PagingTests {
    private static let target: UInt64 = 0x40_0000

    /// 32-bit paging: a directory at A000h; the first 4 MiB are themselves, and the page at 400000h is at 9000h.
    private func narrow(_ entry: UInt64, _ code: [UInt8], isUser: Bool = false, cr0: UInt64 = 0, cr4: UInt64 = 0) throws
        -> ProtectedMachine
    {
        let machine = try ProtectedMachine()
        try machine.machine.put(0xB007, bytes: 4, at: 0xA000)
        try machine.machine.put(0xC007, bytes: 4, at: 0xA004)
        for page in 0..<UInt64(256) { try machine.machine.put(page << 12 | 7, bytes: 4, at: 0xB000 + 4 * page) }
        try machine.machine.put(entry, bytes: 4, at: 0xC000)
        try machine.machine.put(0x1234_5678, bytes: 4, at: 0x9000)
        try machine.start(code, isUser: isUser) { state in
            state.control.cr3 = 0xA000
            state.control.cr0 |= 1 << 31 | cr0
            state.control.cr4 = cr4
        }
        return machine
    }

    /// mov eax, [400000h]; hlt
    private static let load: [UInt8] = [0xA1, 0, 0, 0x40, 0, 0xF4]
    /// mov [400000h], eax; hlt
    private static let store: [UInt8] = [0xA3, 0, 0, 0x40, 0, 0xF4]

    @Test("a load finds the page and marks it accessed, a store marks it dirty")
    func marks() throws {
        let loaded = try narrow(0x9007, Self.load)
        #expect(loaded.processor.run(upTo: 10) == .halt)
        #expect(loaded.processor.state[.rax] == 0x1234_5678)
        #expect(try loaded.machine.number(at: 0xC000, bytes: 4) == 0x9027)
        #expect(try loaded.machine.number(at: 0xA004, bytes: 4) == 0xC027)

        let stored = try narrow(0x9007, Self.store)
        #expect(stored.processor.run(upTo: 10) == .halt)
        #expect(try stored.machine.number(at: 0xC000, bytes: 4) == 0x9067)
        #expect(try stored.machine.number(at: 0x9000, bytes: 4) == 0)
    }

    @Test(
        "a page fault has its error code",
        arguments: [
            // entry, whether it stores, whether at level 3, CR0.WP, code
            (0x9006, false, false, false, 0), (0x9006, true, false, false, 2), (0x9006, false, true, false, 4),
            (0x9003, false, true, false, 5), (0x9003, true, true, false, 7), (0x9005, true, true, false, 7),
            (0x9005, true, false, true, 3), (0x9006, true, true, false, 6),
        ] as [(UInt64, Bool, Bool, Bool, UInt64)]
    )
    func errorCodes(_ entry: UInt64, _ stores: Bool, _ isUser: Bool, _ protects: Bool, _ code: UInt64) throws {
        let machine = try narrow(entry, stores ? Self.store : Self.load, isUser: isUser, cr0: protects ? 1 << 16 : 0)

        #expect(try machine.exception() == .init(vector: 14, errorCode: code, ip: SmallMachine.code))
        #expect(machine.processor.state.control.cr2 == Self.target)
    }

    @Test("a fault between two turns finds the same flags however the run was divided", arguments: [1, 3, 1000])
    func faultBetweenTurns(_ slice: Int) throws {
        // repne scasb from 16 bytes in front of a page that is not present; AL is greater than what is there.
        let machine = try narrow(0x9006, [0xF2, 0xAE])
        var state = machine.processor.state
        state[.rdi] = 0xF_EFF0
        state[.rcx] = 100
        state[.rax] = 0x40
        machine.processor.state = state
        try machine.machine.put(0, bytes: 4, at: 0xB000 + 4 * 255)
        try machine.machine.put([UInt8](repeating: 0x10, count: 16), at: 0xF_EFF0)

        while machine.processor.run(upTo: slice) == .limit {}

        let stack = machine.processor.state[.rsp]
        #expect(machine.processor.state.control.cr2 == 0xF_F000)
        #expect(machine.processor.state[.rcx] == 84)
        #expect(try machine.machine.number(at: stack + 12, bytes: 4) & 0xFF == 0x06)
    }

    @Test("a supervisor may write a read-only page without CR0.WP")
    func withoutProtection() throws {
        let machine = try narrow(0x9005, Self.store)

        #expect(machine.processor.run(upTo: 10) == .halt)
    }

    @Test("a page of 4 MiB needs CR4.PSE", arguments: [(0, false), (1 << 4, true)] as [(UInt64, Bool)])
    func large(_ cr4: UInt64, _ isLarge: Bool) throws {
        // With PSE the entry maps 0; without it is a table, whose first entry is the interrupt table's first gate.
        let machine = try narrow(0x9007, Self.load, cr4: cr4)
        try machine.machine.put(0x87, bytes: 4, at: 0xA004)
        try machine.machine.put(0x9007, bytes: 4, at: 0)

        #expect(machine.processor.run(upTo: 10) == .halt)
        #expect(machine.processor.state[.rax] == (isLarge ? 0x9007 : 0x1234_5678))
    }

    @Test("SMAP keeps a supervisor from user pages unless AC is set, SMEP from executing them")
    func supervisorPrevention() throws {
        let refused = try narrow(0x9007, Self.load, cr4: 1 << 21)
        // Code and stack are pages of the supervisor.
        for page in 0..<UInt64(256) { try refused.machine.put(page << 12 | 3, bytes: 4, at: 0xB000 + 4 * page) }
        #expect(try refused.exception() == .init(vector: 14, errorCode: 1, ip: SmallMachine.code))

        let allowed = try narrow(0x9007, Self.load, cr4: 1 << 21)
        for page in 0..<UInt64(256) { try allowed.machine.put(page << 12 | 3, bytes: 4, at: 0xB000 + 4 * page) }
        var state = allowed.processor.state
        state.rflags |= 1 << 18
        allowed.processor.state = state
        #expect(allowed.processor.run(upTo: 10) == .halt)

        // jmp 400000h
        let executed = try narrow(0x9007, [0xE9, 0xFB, 0x7F, 0x3F, 0x00], cr4: 1 << 20)
        for page in 0..<UInt64(256) { try executed.machine.put(page << 12 | 3, bytes: 4, at: 0xB000 + 4 * page) }
        #expect(try executed.exception() == .init(vector: 14, errorCode: 0x11, ip: Self.target))
    }

    @Test(
        "a changed entry holds from the next access on, forgotten by INVLPG, by a write of CR3, or not at all",
        arguments: [[0x0F, 0x01, 0x3D, 0, 0, 0x40, 0], [0x0F, 0x20, 0xD8, 0x0F, 0x22, 0xD8], []] as [[UInt8]]
    )
    func invalidation(_ forget: [UInt8]) throws {
        // Read, change the entry to 8000h, forget, read again.
        let change: [UInt8] = [0xC7, 0x05, 0, 0xC0, 0, 0, 0x07, 0x80, 0, 0]
        let machine = try narrow(0x9007, Self.load.dropLast() + change + forget + Self.load)

        #expect(machine.processor.run(upTo: 20) == .halt)
        // The code itself is at 8000h.
        #expect(machine.processor.state[.rax] == 0x4000_00A1)
    }

    @Test("PAE paging finds pages of 4 KiB and 2 MiB by pointers that are loaded with CR3")
    func wide() throws {
        let machine = try ProtectedMachine()
        // Pointers at A000h, directory at B000h: the first 2 MiB, then a table at C000h for those at 400000h.
        try machine.machine.put(0xB001, bytes: 8, at: 0xA000)
        try machine.machine.put(0x87, bytes: 8, at: 0xB000)
        try machine.machine.put(0xC007, bytes: 8, at: 0xB010)
        try machine.machine.put(0x9007, bytes: 8, at: 0xC000)
        try machine.machine.put(0x1234_5678, bytes: 4, at: 0x9000)
        // mov eax, A000h; mov cr3, eax; mov eax, 80000011h; mov cr0, eax
        let enter: [UInt8] = [0xB8, 0, 0xA0, 0, 0, 0x0F, 0x22, 0xD8, 0xB8, 0x11, 0, 0, 0x80, 0x0F, 0x22, 0xC0]
        try machine.start(enter + Self.load) { $0.control.cr4 = 0x20 }

        #expect(machine.processor.run(upTo: 20) == .halt)

        #expect(machine.processor.state[.rax] == 0x1234_5678)
        #expect(machine.processor.state.control.pageDirectoryPointers[0] == 0xB001)
    }

    @Test("NX keeps code from being fetched, with its error code")
    func noExecute() throws {
        let machine = try ProtectedMachine()
        try machine.machine.put(0xB001, bytes: 8, at: 0xA000)
        try machine.machine.put(0x83, bytes: 8, at: 0xB000)
        try machine.machine.put(0x8000_0000_0000_0083, bytes: 8, at: 0xB010)
        try machine.start([0xE9, 0xFB, 0x7F, 0x3F, 0x00]) { state in
            state.control.cr4 = 0x20
            state.control.cr3 = 0xA000
            state.control.cr0 |= 1 << 31
            state.control.efer = 1 << 11
            state.control.pageDirectoryPointers[0] = 0xB001
        }

        #expect(try machine.exception() == .init(vector: 14, errorCode: 0x11, ip: Self.target))
    }

    @Test("a reserved bit raises a page fault that says so")
    func reserved() throws {
        let machine = try ProtectedMachine()
        try machine.machine.put(0xB001, bytes: 8, at: 0xA000)
        try machine.machine.put(0x83, bytes: 8, at: 0xB000)
        try machine.machine.put(1 << 50 | 0x83, bytes: 8, at: 0xB010)
        try machine.start(Self.load) { state in
            state.control.cr4 = 0x20
            state.control.cr3 = 0xA000
            state.control.cr0 |= 1 << 31
            state.control.pageDirectoryPointers[0] = 0xB001
        }

        #expect(try machine.exception() == .init(vector: 14, errorCode: 9, ip: SmallMachine.code))
    }

    @Test("with address line 20 masked, odd megabytes are the even ones below")
    func addressLine20() throws {
        let machine = try ProtectedMachine()
        try machine.machine.put(0x1234_5678, bytes: 4, at: 0x9000)
        try machine.start([0xA1, 0x00, 0x90, 0x10, 0x00, 0xF4]) { $0.masksAddressLine20 = true }

        #expect(machine.processor.run(upTo: 10) == .halt)
        #expect(machine.processor.state[.rax] == 0x1234_5678)
        #expect(machine.processor.state.masksAddressLine20)
    }
}
