import Testing
import X86

@testable import SoftCPU

/// When x87 instructions may be executed, and how pending exceptions are reported (Intel SDM vol. 3, 2.5, and vol. 1, 8.7).
@Suite("Faults of x87")
struct X87FaultTests {
    private static let handler: UInt64 = 0x9000

    /// A machine in real-address mode with a handler of its own for each vector: HLT at ``handler`` plus the vector.
    private static func machine(_ code: [UInt8], cr0: UInt64 = 0, pending: Bool = false) throws -> SmallMachine {
        let machine = try SmallMachine()
        try machine.startReal(code)
        try machine.put([UInt8](repeating: 0xF4, count: 256), at: handler)
        for vector in 0..<256 { try machine.put(handler + UInt64(vector), bytes: 4, at: UInt64(4 * vector)) }
        var state = machine.processor.state
        state.control.cr0 |= cr0
        machine.processor.state = state
        // A division by zero that is not masked.
        if pending { machine.processor.cpu.state.vector.setControl(0x37B, status: 4) }
        return machine
    }

    /// The vector whose handler was entered, or nil where the code reached its own HLT, and the offset that was pushed.
    private static func result(of machine: SmallMachine) throws -> (vector: UInt64?, ip: UInt64) {
        #expect(machine.processor.run(upTo: 100) == .halt)
        let rip = machine.processor.state.rip - 1
        let ip = try machine.number(at: machine.processor.state[.rsp], bytes: 2)
        return (rip < handler ? nil : rip - handler, ip &- SmallMachine.code)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var code: [UInt8]
        var cr0: UInt64
        var vector: UInt64?
        var testDescription: String { name }
    }

    static let unavailable = [
        Case(name: "FNOP, EM", code: [0xD9, 0xD0], cr0: CR0.emulation, vector: 7),
        Case(name: "FNOP, TS", code: [0xD9, 0xD0], cr0: CR0.taskSwitched, vector: 7),
        Case(name: "FNINIT, TS", code: [0xDB, 0xE3], cr0: CR0.taskSwitched, vector: 7),
        Case(name: "FNSTSW AX, EM", code: [0xDF, 0xE0], cr0: CR0.emulation, vector: 7),
        Case(
            name: "FLD of an operand beyond the limit, TS",
            code: [0xD9, 0x06, 0xFF, 0xFF],
            cr0: CR0.taskSwitched,
            vector: 7
        ),
        Case(name: "FNOP, MP", code: [0xD9, 0xD0], cr0: CR0.monitorCoprocessor, vector: nil),
        Case(name: "FWAIT, EM", code: [0x9B], cr0: CR0.emulation, vector: nil),
        Case(name: "FWAIT, TS", code: [0x9B], cr0: CR0.taskSwitched, vector: nil),
        Case(name: "FWAIT, MP", code: [0x9B], cr0: CR0.monitorCoprocessor, vector: nil),
        Case(name: "FWAIT, MP and TS", code: [0x9B], cr0: CR0.monitorCoprocessor | CR0.taskSwitched, vector: 7),
    ]

    @Test("#NM as EM, TS and MP of CR0 say", arguments: unavailable)
    func notAvailable(_ test: Case) throws {
        let machine = try Self.machine([0x90] + test.code + [0xF4], cr0: test.cr0)

        let result = try Self.result(of: machine)

        #expect(result.vector == test.vector)
        #expect(test.vector == nil || result.ip == 1)
    }

    static let pending = [
        Case(name: "FNOP", code: [0xD9, 0xD0], cr0: CR0.numericError, vector: 16),
        Case(name: "FWAIT", code: [0x9B], cr0: CR0.numericError, vector: 16),
        Case(name: "FLDCW", code: [0xD9, 0x2E, 0, 0x50], cr0: CR0.numericError, vector: 16),
        Case(
            name: "FADD of an operand beyond the limit",
            code: [0xD8, 0x06, 0xFF, 0xFF],
            cr0: CR0.numericError,
            vector: 16
        ),
        Case(name: "FNSTSW AX", code: [0xDF, 0xE0], cr0: CR0.numericError, vector: nil),
        Case(name: "FNSTCW", code: [0xD9, 0x3E, 0, 0x50], cr0: CR0.numericError, vector: nil),
        Case(name: "FNCLEX", code: [0xDB, 0xE2], cr0: CR0.numericError, vector: nil),
        Case(name: "FNINIT", code: [0xDB, 0xE3], cr0: CR0.numericError, vector: nil),
        Case(name: "FNSTENV", code: [0xD9, 0x36, 0, 0x50], cr0: CR0.numericError, vector: nil),
        Case(name: "FNSAVE", code: [0xDD, 0x36, 0, 0x50], cr0: CR0.numericError, vector: nil),
        Case(name: "FNENI", code: [0xDB, 0xE0], cr0: CR0.numericError, vector: nil),
    ]

    @Test("#MF comes at the next instruction that waits", arguments: pending)
    func pendingException(_ test: Case) throws {
        let machine = try Self.machine([0x90] + test.code + [0xF4], cr0: test.cr0, pending: true)

        let result = try Self.result(of: machine)

        #expect(result.vector == test.vector)
        #expect(test.vector == nil || result.ip == 1)
    }

    @Test("an exception that is not masked is pending behind its instruction, with ES and B")
    func exception() throws {
        // FLD1; FLDZ; FDIVP; NOP; FWAIT
        let machine = try Self.machine([0xD9, 0xE8, 0xD9, 0xEE, 0xDE, 0xF9, 0x90, 0x9B, 0xF4], cr0: CR0.numericError)
        machine.processor.cpu.state.vector.setControl(0x37B, status: 0)

        let result = try Self.result(of: machine)

        #expect(result.vector == 16)
        #expect(result.ip == 7)
        let vector = machine.processor.cpu.state.vector
        #expect(vector.statusWord == 0xB084)
        #expect(vector.lastIP == SmallMachine.code + 4)
        // Neither register has changed, and none was popped.
        #expect(vector[st: 0] == .zero(false))
        #expect(vector[st: 1] == .one)
    }

    @Test("without CR0.NE the processor asserts FERR# and waits for the board's interrupt")
    func numericError() throws {
        let machine = try Self.machine([0xFB, 0x90, 0xD9, 0xD0, 0xF4], pending: true)
        let processor = machine.processor

        #expect(processor.run(upTo: 100) == .numericError)
        #expect(processor.executed == 2)
        #expect(processor.signalsNumericError)
        // Nothing happens by itself.
        #expect(processor.run(upTo: 100) == .numericError)
        #expect(processor.executed == 2)

        processor.inject(vector: 0x75)

        let result = try Self.result(of: machine)
        #expect(result.vector == 0x75)
        #expect(result.ip == 2)
    }

    @Test("IGNNE# lets instructions go on, which execute as usual")
    func ignoredError() throws {
        let machine = try Self.machine([0xD9, 0xE8, 0x9B, 0xDB, 0xE2, 0xF4], pending: true)
        machine.processor.ignoresNumericErrors = true

        let result = try Self.result(of: machine)

        #expect(result.vector == nil)
        #expect(machine.processor.cpu.state.vector[st: 0] == .one)
        // FNCLEX has ended it.
        #expect(!machine.processor.signalsNumericError)
    }

    @Test("MMX instructions are invalid where x87 is emulated, and wait for its exceptions")
    func mmx() throws {
        // PXOR MM0, MM0
        let code: [UInt8] = [0x0F, 0xEF, 0xC0, 0xF4]

        let emulated = try Self.result(of: Self.machine(code, cr0: CR0.emulation))
        let switched = try Self.result(of: Self.machine(code, cr0: CR0.taskSwitched))
        let pending = try Self.result(of: Self.machine(code, cr0: CR0.numericError, pending: true))

        #expect([emulated.vector, switched.vector, pending.vector] == [6, 7, 16])
    }

    struct Operand: Sendable, CustomTestStringConvertible {
        var name: String
        var code: [UInt8]
        /// Bytes by which it must be aligned.
        var alignment: UInt64
        var testDescription: String { name }
    }

    /// Intel SDM vol. 3, table 6-7; all were compared with an Intel processor. The address is in EBX.
    static let operands = [
        Operand(name: "FLD m80", code: [0xDB, 0x2B], alignment: 8),
        Operand(name: "FBSTP", code: [0xDF, 0x33], alignment: 8),
        Operand(name: "FST m64", code: [0xDD, 0x13], alignment: 8),
        Operand(name: "FLD m32", code: [0xD9, 0x03], alignment: 4),
        Operand(name: "FNSTCW", code: [0xD9, 0x3B], alignment: 2),
        Operand(name: "FNSTENV, 32 bits", code: [0xD9, 0x33], alignment: 4),
        Operand(name: "FNSTENV, 16 bits", code: [0x66, 0xD9, 0x33], alignment: 2),
        Operand(name: "FRSTOR, 32 bits", code: [0xDD, 0x23], alignment: 4),
        Operand(name: "FNSAVE, 16 bits", code: [0x66, 0xDD, 0x33], alignment: 2),
    ]

    @Test("#AC by the size of what an operand consists of", arguments: operands)
    func alignment(_ operand: Operand) throws {
        let machine = try SmallMachine()
        try machine.startReal(operand.code)
        var state = machine.processor.state
        state.control.cr0 |= 1 | CR0.alignmentMask
        state.rflags |= Flag.alignmentCheck
        state.segments.cs = .init(limit: 0xFFFF_FFFF, selector: 0xB, accessRights: 0xC0FB)
        state.segments.ss = .init(limit: 0xFFFF_FFFF, selector: 0x13, accessRights: 0xC0F3)
        state.segments.ds = state.segments.ss
        // No vector has a gate: every exception ends the run.
        state.idt.limit = 0
        let end = SmallMachine.code + UInt64(operand.code.count)
        machine.processor.stops = [GuestVirtualAddress(end)]
        var aligned: [UInt64] = []
        for offset in 0..<UInt64(16) {
            state[.rbx] = 0x5000 + offset
            machine.processor.state = state
            let exit = machine.processor.run(upTo: 10)
            let isAligned = exit == .stopped
            #expect(isAligned || machine.processor.cpu.state.fault.vector == 17)
            if isAligned { aligned.append(offset) }
        }

        #expect(aligned == Array(stride(from: 0, to: 16, by: UInt64.Stride(operand.alignment))))
    }
}
