import Testing
import X86

@testable import SoftCPU

/// Five levels of page tables, process-context identifiers and INVPCID (Intel SDM vol. 3, 5.5 and 5.10).
@Suite("Paging of the software processor in long mode")
struct LongPagingTests {
    /// A linear address that only five levels reach.
    private static let far: UInt64 = 1 << 52 | 0x9000
    /// mov eax, [rbx]; hlt
    private static let load: [UInt8] = [0x8B, 0x03, 0xF4]

    private static func configuration(_ bits: UInt64) -> SoftConfiguration {
        var result = SoftConfiguration()
        result.allowedCR4 |= bits
        // INVPCID and PCID.
        result.cpuid = [
            CPUIDEntry(function: 1, ecx: 1 << 17), CPUIDEntry(function: 7, isIndexed: true, ebx: 1 << 10),
        ]
        return result
    }

    @Test("five levels reach addresses of 57 bits, and four do not", arguments: [true, false])
    func fiveLevels(_ hasFive: Bool) throws {
        let machine = try LongMachine(configuration: Self.configuration(1 << 12))
        // A root above the other one, whose entries 0 and 16 lead to it.
        for index in [0, 16] as [UInt64] {
            try machine.machine.put(LongMachine.root | 7, bytes: 8, at: 0xE000 + 8 * index)
        }
        try machine.machine.put(0x1234_5678, bytes: 4, at: 0x9000)
        try machine.start(Self.load) { state in
            state[.rbx] = Self.far
            if hasFive {
                state.control.cr3 = 0xE000
                state.control.cr4 |= 1 << 12
            }
        }

        if hasFive {
            #expect(machine.processor.run(upTo: 10) == .halt)
            #expect(machine.processor.state[.rax] == 0x1234_5678)
        } else {
            #expect(try machine.exception() == .init(vector: 13, errorCode: 0))
        }
    }

    @Test("an address whose bits above the 57th differ is not canonical with five levels either")
    func beyondFiveLevels() throws {
        let machine = try LongMachine(configuration: Self.configuration(1 << 12))
        try machine.machine.put(LongMachine.root | 7, bytes: 8, at: 0xE000)
        try machine.start(Self.load) { state in
            state[.rbx] = 1 << 57
            state.control.cr3 = 0xE000
            state.control.cr4 |= 1 << 12
        }

        #expect(try machine.exception() == .init(vector: 13, errorCode: 0))
    }

    @Test("CR4.LA57 cannot be changed in long mode")
    func changedLevels() throws {
        let machine = try LongMachine(configuration: Self.configuration(1 << 12))
        // mov cr4, rax
        try machine.start([0x0F, 0x22, 0xE0]) { $0[.rax] = 0x1020 }

        #expect(try machine.exception() == .init(vector: 13, errorCode: 0))
    }

    @Test(
        "CR4.PCIDE needs an identifier of 0 in CR3",
        arguments: [(0 as UInt64, true), (1, false)]
    )
    func enabling(_ identifier: UInt64, _ isAllowed: Bool) throws {
        let machine = try LongMachine(configuration: Self.configuration(0))
        // mov cr4, rax; hlt
        try machine.start([0x0F, 0x22, 0xE0, 0xF4]) { state in
            state[.rax] = 0x2_0020
            state.control.cr3 |= identifier
        }

        #expect(try machine.exception() == (isAllowed ? nil : .init(vector: 13, errorCode: 0)))
        #expect(machine.processor.state.control.cr4 == (isAllowed ? 0x2_0020 : 0x20))
    }

    @Test("bit 63 of CR3 keeps translations, and is reserved without identifiers", arguments: [true, false])
    func keeping(_ hasIdentifiers: Bool) throws {
        let machine = try LongMachine(configuration: Self.configuration(0))
        // mov cr3, rax; hlt
        try machine.start([0x0F, 0x22, 0xD8, 0xF4]) { state in
            state[.rax] = 1 << 63 | LongMachine.root | 5
            if hasIdentifiers { state.control.cr4 |= 1 << 17 }
        }

        #expect(try machine.exception() == (hasIdentifiers ? nil : .init(vector: 13, errorCode: 0)))
        #expect(machine.processor.state.control.cr3 == (hasIdentifiers ? LongMachine.root | 5 : LongMachine.root))
    }

    @Test(
        "INVPCID takes types 0 to 3 with a descriptor that names what is",
        arguments: [
            (0, [1, 0], nil), (1, [1, 0], nil), (2, [0, 0], nil), (3, [0, 0], nil), (4, [0, 0], 13),
            (0, [0x1000, 0], 13), (0, [0, 1 << 56], 13),
        ] as [(UInt64, [UInt64], UInt64?)]
    )
    func invalidation(_ type: UInt64, _ descriptor: [UInt64], _ vector: UInt64?) throws {
        let machine = try LongMachine(configuration: Self.configuration(0))
        for (index, word) in descriptor.enumerated() {
            try machine.machine.put(word, bytes: 8, at: 0x9000 + UInt64(8 * index))
        }
        // invpcid rax, [rbx]; hlt
        try machine.start([0x66, 0x0F, 0x38, 0x82, 0x03, 0xF4]) { state in
            state[.rax] = type
            state[.rbx] = 0x9000
            state.control.cr4 |= 1 << 17
        }

        #expect(try machine.exception() == vector.map { .init(vector: $0, errorCode: 0) })
    }
}
