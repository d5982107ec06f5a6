import Testing
import X86

@testable import SoftCPU

/// Translations are kept across writes of CR3, so what is found behind one must be what the page tables say then.
@Suite("Address spaces of the software processor")
struct AddressSpaceTests {
    /// More than are remembered.
    private static let spaces = AddressSpaces.count + 4

    /// 32-bit paging: the first MiB is itself in each space, and at 400000h is a page of its own, whose code returns 100 and the
    /// number of the space.
    private func machine(_ code: [UInt8]) throws -> ProtectedMachine {
        let machine = try ProtectedMachine()
        for page in 0..<UInt64(256) { try machine.machine.put(page << 12 | 7, bytes: 4, at: 0xB000 + 4 * page) }
        for space in 0..<UInt64(Self.spaces) {
            let offset = space << 12
            try machine.machine.put(0xB007, bytes: 4, at: 0x2_0000 + offset)
            try machine.machine.put(0x4_0007 + offset, bytes: 4, at: 0x2_0004 + offset)
            try machine.machine.put(0x6_0007 + offset, bytes: 4, at: 0x4_0000 + offset)
            // mov eax, 100 + number; ret
            try machine.machine.put([0xB8, 100 + UInt8(space), 0, 0, 0, 0xC3], at: 0x6_0000 + offset)
        }
        try machine.start(code) { state in
            state.control.cr3 = 0x2_0000
            state.control.cr0 |= 1 << 31
        }
        return machine
    }

    /// Goes to a space, calls what is at 400000h, and pushes what it returns.
    private func visit(_ space: Int) -> [UInt8] {
        // mov eax, directory; mov cr3, eax; mov edx, 400000h; call edx; push eax
        [0xB8, 0, UInt8(space << 4), 2, 0, 0x0F, 0x22, 0xD8, 0xBA, 0, 0, 0x40, 0, 0xFF, 0xD2, 0x50]
    }

    /// Stores 32 bits at an address below 1 MiB.
    private func store(_ value: UInt32, at address: UInt32) -> [UInt8] {
        [0xC7, 0x05] + bytes(address) + bytes(value)
    }

    private func bytes(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }

    /// What was pushed, the first first.
    private func pushed(_ machine: ProtectedMachine, _ count: Int) throws -> [UInt64] {
        try (1...count).map { try machine.machine.number(at: ProtectedMachine.kernelStack - UInt64(4 * $0), bytes: 4) }
    }

    @Test("each has its own code at one address, however often they change", arguments: [1, 10000])
    func switches(_ slice: Int) throws {
        let order = (0..<60).map { $0 * 5 % Self.spaces } + [3, 4, 3, 4, 3, 0, 3]
        let machine = try machine(order.flatMap(visit) + [0xF4])

        while machine.processor.run(upTo: slice) == .limit {}

        #expect(machine.processor.executed == UInt64(order.count * 7 + 1))
        #expect(try pushed(machine, order.count) == order.map { 100 + UInt64($0) })
    }

    @Test("the page at address 0 is found as any other, in each")
    func firstPage() throws {
        // add dword [0], 5
        let add: [UInt8] = [0x83, 0x05, 0, 0, 0, 0, 5]
        let code: [UInt8] = (0..<Self.spaces).flatMap { visit($0) + add }
        let machine = try machine(code + [0xF4])

        #expect(machine.processor.run(upTo: 10000) == .halt)

        #expect(try machine.machine.number(at: 0, bytes: 4) == UInt64(5 * Self.spaces))
    }

    @Test("a change of the tables of another space holds when that is entered again", arguments: [1, 10000])
    func changedTables(_ slice: Int) throws {
        let code = visit(3) + visit(0) + store(0x6_5007, at: 0x4_3000) + visit(3) + visit(3) + visit(0)
        let machine = try machine(code + [0xF4])

        while machine.processor.run(upTo: slice) == .limit {}

        #expect(try pushed(machine, 5) == [103, 100, 105, 105, 100])
    }

    @Test("a change of a directory of another space holds when that is entered again")
    func changedDirectory() throws {
        let code = visit(3) + visit(0) + store(0x4_5007, at: 0x2_3004) + visit(3) + visit(5)
        let machine = try machine(code + [0xF4])

        #expect(machine.processor.run(upTo: 10000) == .halt)

        #expect(try pushed(machine, 4) == [103, 100, 105, 105])
    }

    @Test("a change of code of another space holds when that is entered again")
    func changedCode() throws {
        let code = visit(2) + visit(1) + store(77, at: 0x6_2001) + visit(2)
        let machine = try machine(code + [0xF4])

        #expect(machine.processor.run(upTo: 10000) == .halt)

        #expect(try pushed(machine, 3) == [102, 101, 77])
    }

    @Test("tables that become data stay slow for so long and no longer, and are tables again when they are used")
    func manyStores() throws {
        // 5000 stores to an entry that is not used; then to the used one.
        let loop: [UInt8] = [0xB9] + bytes(5000) + [0x89, 0x0D] + bytes(0x4_3010) + [0x49, 0x75, 0xF7]
        let code = visit(3) + loop + store(0x6_6007, at: 0x4_3000) + visit(3)
        let machine = try machine(code + [0xF4])

        #expect(machine.processor.run(upTo: 100_000) == .halt)

        #expect(try pushed(machine, 2) == [103, 106])
        #expect(machine.processor.cpu.around.tableStores < 5000)
    }
}
