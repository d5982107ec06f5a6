import Testing
import X86

@testable import SoftCPU

/// The formats of FNSTENV, FLDENV, FNSAVE and FRSTOR (Intel SDM vol. 1, figures 8-9 to 8-12).
@Suite("x87 environments in memory")
struct X87EnvironmentTests {
    /// Sixteen-bit code in real-address mode, or 16- and 32-bit code in protected mode with flat segments.
    enum Mode: CaseIterable, Sendable {
        case real, protected16, protected32
    }

    private static func machine(
        _ mode: Mode,
        _ code: [UInt8],
        quirks: Quirks = .intel
    ) throws -> SmallMachine {
        var configuration = SoftConfiguration()
        configuration.quirks = quirks
        let machine = try SmallMachine(configuration: configuration)
        try machine.startReal(code + [0xF4])
        guard mode != .real else { return machine }
        var state = machine.processor.state
        state.control.cr0 |= 1
        let rights: UInt32 = mode == .protected32 ? 0xC000 : 0
        state.segments.cs = .init(limit: 0xFFFF_FFFF, selector: 8, accessRights: 0x9B | rights)
        for segment in [\ProcessorState.Segments.ss, \.ds, \.es] {
            state.segments[keyPath: segment] = .init(limit: 0xFFFF_FFFF, selector: 16, accessRights: 0x93 | rights)
        }
        machine.processor.state = state
        return machine
    }

    /// An instruction with the operand [5000h], in the size of operands that is asked for.
    private static func code(_ mode: Mode, isLong: Bool, opcode: UInt8, extension number: UInt8) -> [UInt8] {
        let prefix: [UInt8] = isLong != (mode == .protected32) ? [0x66] : []
        let address: [UInt8] =
            mode == .protected32 ? [number << 3 | 5, 0, 0x50, 0, 0] : [number << 3 | 6, 0, 0x50]
        return prefix + [opcode] + address
    }

    /// Control word, two registers in use with TOP at 6, opcode and addresses.
    private static func fill(_ machine: SmallMachine) {
        var vector = VectorRegisters()
        vector.setControl(0x27F, status: 0)
        vector.push(.one)
        vector.push(.zero(true))
        vector.setStatus(vector.statusWord | X87Status.c3)
        vector.lastOpcode = 0x5AB
        vector.lastIP = 0x1234_5678
        vector.lastData = 0x8765_4321
        machine.processor.cpu.state.vector = vector
    }

    struct Format: Sendable, CustomTestStringConvertible {
        var mode: Mode
        var isLong: Bool
        var words: [UInt16]
        var testDescription: String { "\(mode), \(isLong ? 32 : 16) bits" }
    }

    // ST(0), physical register 6, is a zero; ST(1) is valid; the others are empty: 00 01 11 11 11 11 11 11.
    static let formats = [
        Format(mode: .real, isLong: false, words: [0x27F, 0x7000, 0x1FFF, 0x5678, 0x45AB, 0x4321, 0x5000]),
        Format(
            mode: .real,
            isLong: true,
            words: [
                0x27F, 0xFFFF, 0x7000, 0xFFFF, 0x1FFF, 0xFFFF, 0x5678, 0xFFFF, 0x45AB, 0x0123, 0x4321, 0xFFFF, 0x5000,
                0x0876,
            ]
        ),
        Format(mode: .protected16, isLong: false, words: [0x27F, 0x7000, 0x1FFF, 0x5678, 0, 0x4321, 0]),
        Format(
            mode: .protected32,
            isLong: true,
            words: [
                0x27F, 0xFFFF, 0x7000, 0xFFFF, 0x1FFF, 0xFFFF, 0x5678, 0x1234, 0, 0x5AB, 0x4321, 0x8765, 0, 0xFFFF,
            ]
        ),
    ]

    @Test("FNSTENV writes each format, and masks all exceptions", arguments: formats)
    func store(_ format: Format) throws {
        let machine = try Self.machine(
            format.mode,
            Self.code(format.mode, isLong: format.isLong, opcode: 0xD9, extension: 6)
        )
        Self.fill(machine)
        machine.processor.cpu.state.vector.setControl(0x27E, status: machine.processor.cpu.state.vector.statusWord)
        var expected = format.words
        expected[0] = 0x27E

        #expect(machine.processor.run(upTo: 10) == .halt)

        let found = try (0..<format.words.count).map { try machine.number(at: 0x5000 + UInt64(2 * $0), bytes: 2) }
        #expect(found == expected.map { UInt64($0) })
        #expect(try machine.number(at: 0x5000 + UInt64(2 * format.words.count), bytes: 2) == 0)
        #expect(machine.processor.cpu.state.vector.controlWord == 0x27F)
    }

    @Test(
        "FNSAVE writes the registers behind it and initializes; FRSTOR brings back what the format holds",
        arguments: formats
    )
    func saveAndRestore(_ format: Format) throws {
        let save = Self.code(format.mode, isLong: format.isLong, opcode: 0xDD, extension: 6)
        let restore = Self.code(format.mode, isLong: format.isLong, opcode: 0xDD, extension: 4)
        let machine = try Self.machine(format.mode, save + restore)
        Self.fill(machine)
        let before = machine.processor.cpu.state.vector

        #expect(machine.processor.run(upTo: 1) == .limit)

        let initial = machine.processor.cpu.state.vector
        #expect([initial.controlWord, initial.statusWord, initial.lastOpcode] == [0x37F, 0, 0])
        #expect(initial.tags == 0)
        #expect(initial.lastIP == 0 && initial.lastData == 0)
        let registers = UInt64(2 * format.words.count) + 0x5000
        #expect(try machine.number(at: registers, bytes: 8) == 0)
        #expect(try machine.number(at: registers + 8, bytes: 2) == 0x8000)
        #expect(try machine.number(at: registers + 10, bytes: 8) == 1 << 63)
        #expect(try machine.number(at: registers + 18, bytes: 2) == 0x3FFF)

        #expect(machine.processor.run(upTo: 1) == .limit)

        let after = machine.processor.cpu.state.vector
        #expect([after.controlWord, after.statusWord] == [before.controlWord, before.statusWord])
        #expect(after.tags == before.tags)
        #expect(after[st: 0] == .zero(true) && after[st: 1] == .one)
        let addressBits: UInt64 = format.isLong ? 0xFFFF_FFFF : format.mode == .real ? 0xF_FFFF : 0xFFFF
        #expect(after.lastIP == before.lastIP & addressBits)
        #expect(after.lastData == before.lastData & addressBits)
        #expect(after.lastOpcode == (format.mode == .protected16 ? 0 : before.lastOpcode))
    }

    @Test("an address is remembered as the offset in its segment")
    func operandAddress() throws {
        // FADD dword [DS:1234h], an invalid operation that is not masked.
        let machine = try Self.machine(.real, [0xD8, 0x06, 0x34, 0x12])
        var state = machine.processor.state
        state.segments.ds.base = 0x20000
        machine.processor.state = state
        machine.processor.cpu.state.vector.setControl(0x37E, status: 0)
        try machine.put(0x7F80_0001, bytes: 4, at: 0x21234)

        #expect(machine.processor.run(upTo: 1) == .limit)

        let vector = machine.processor.cpu.state.vector
        #expect(vector.statusWord == 0x80C1)
        #expect(vector.lastData == 0x1234)
        #expect(vector.lastIP == SmallMachine.code)
        #expect(vector.lastOpcode == 0x006)
    }

    @Test("numbers of 80 bits are read from a device and written to it in pieces")
    func device() throws {
        // FLD tbyte [EBX]; FSTP tbyte [EBX]
        let machine = try Self.machine(.protected32, [0xDB, 0x2B, 0xDB, 0x3B])
        machine.processor.cpu.state.general[3] = 0x8000_0000
        let address = GuestPhysicalAddress(0x8000_0000)

        #expect(machine.processor.run(upTo: 10) == .memoryRead(address, size: 8))
        machine.processor.answer(0xC000_0000_0000_0000)
        #expect(machine.processor.run(upTo: 10) == .memoryRead(GuestPhysicalAddress(0x8000_0008), size: 2))
        machine.processor.answer(0x4001)
        #expect(machine.processor.run(upTo: 10) == .memoryWrite(address, size: 8, value: 0xC000_0000_0000_0000))
        #expect(
            machine.processor.run(upTo: 10) == .memoryWrite(GuestPhysicalAddress(0x8000_0008), size: 2, value: 0x4001)
        )
        #expect(machine.processor.run(upTo: 10) == .halt)
        #expect(machine.processor.cpu.state.vector.tags == 0)
    }

    @Test("AMD's processors know the last instruction while its exception is pending", arguments: [Quirks.zen, .intel])
    func pointers(_ quirks: Quirks) throws {
        // FLD1; FLDZ; FDIVP, which is not masked; FNCLEX
        let machine = try Self.machine(.real, [0xD9, 0xE8, 0xD9, 0xEE, 0xDE, 0xF9, 0xDB, 0xE2], quirks: quirks)
        machine.processor.cpu.state.vector.setControl(0x37B, status: 0)
        func pointers(behind count: Int) -> [UInt64] {
            _ = machine.processor.run(upTo: count)
            return [machine.processor.cpu.state.vector.lastIP, UInt64(machine.processor.cpu.state.vector.lastOpcode)]
        }

        let quiet = pointers(behind: 2)
        let pending = pointers(behind: 1)
        let cleared = pointers(behind: 1)

        #expect(quiet == (quirks == .zen ? [0, 0] : [SmallMachine.code + 2, 0]))
        #expect(pending == [SmallMachine.code + 4, 0x6F9])
        #expect(cleared == (quirks == .zen ? [0, 0] : pending))
    }
}
