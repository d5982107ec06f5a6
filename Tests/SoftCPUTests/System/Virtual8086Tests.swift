import Testing
import X86

@testable import SoftCPU

/// Intel SDM vol. 3, chapter 22.
@Suite("Virtual-8086 mode of the software processor")
struct Virtual8086Tests {
    private static let map = ProtectedMachine.task + 0x88

    /// A program at 8000h with its stack below 6000h; the map of interrupts gives vector 21h to the program.
    private func machine(_ code: [UInt8], ioPrivilege: UInt64, isExtended: Bool) throws -> ProtectedMachine {
        let machine = try ProtectedMachine()
        try machine.setGate(0x21, ProtectedMachine.gate(0xEE, ProtectedMachine.code, 0x301F))
        try machine.setGate(0x22, ProtectedMachine.gate(0xEE, ProtectedMachine.code, 0x301F))
        try machine.machine.put(0x88, bytes: 2, at: ProtectedMachine.task + 102)
        try machine.machine.put([UInt8](repeating: 0xFF, count: 40), at: ProtectedMachine.task + 0x68)
        try machine.machine.put([0xFD], at: ProtectedMachine.task + 0x68 + 4)
        // The program's handler of vector 21h is at 0900:0000.
        try machine.machine.put(0x0900_0000, bytes: 4, at: 0x84)
        try machine.start(code) { state in
            state.rflags = 1 << 17 | ioPrivilege << 12 | 0x202
            state.control.cr4 = isExtended ? 1 : 0
            state.segments.tr.limit = 0xFF
            for segment in [\ProcessorState.Segments.cs, \.ss, \.ds, \.es, \.fs, \.gs] {
                state.segments[keyPath: segment] = .init(
                    base: 0x8000,
                    limit: 0xFFFF,
                    selector: 0x800,
                    accessRights: 0xF3
                )
            }
            state.segments.ss = .init(base: 0, limit: 0xFFFF, selector: 0, accessRights: 0xF3)
            state.rip = 0
            state[.rsp] = 0x6000
        }
        return machine
    }

    private func pushedFlags(_ machine: ProtectedMachine) throws -> UInt64 {
        try machine.machine.number(at: 0x5FFE, bytes: 2)
    }

    @Test("INT n goes through the gate with IOPL 3, and raises #GP without")
    func interrupt() throws {
        let allowed = try machine([0xCD, 0x21], ioPrivilege: 3, isExtended: false)
        #expect(try allowed.exception()?.vector == 31)
        #expect(try allowed.machine.number(at: ProtectedMachine.kernelStack - 4, bytes: 4) == 0x800)
        #expect(allowed.processor.state.segments.ds.selector == 0)

        let refused = try machine([0xCD, 0x21], ioPrivilege: 0, isExtended: false)
        #expect(try refused.exception() == .init(vector: 13, errorCode: 0, ip: 0))
    }

    @Test("with CR4.VME a vector whose bit is clear goes to the program itself")
    func redirected() throws {
        let machine = try machine([0xCD, 0x21], ioPrivilege: 0, isExtended: true)

        #expect(machine.processor.run(upTo: 1) == .limit)

        let state = machine.processor.state
        #expect(state.segments.cs.selector == 0x900)
        #expect(state.rip == 0)
        // VIF, which is clear, was pushed in the place of IF; IOPL as 3.
        #expect(try pushedFlags(machine) & 0x3200 == 0x3000)
        #expect(state.rflags & 0x200 != 0)
    }

    @Test("with CR4.VME a vector whose bit is set raises #GP without IOPL 3")
    func notRedirected() throws {
        let machine = try machine([0xCD, 0x22], ioPrivilege: 0, isExtended: true)

        #expect(try machine.exception() == .init(vector: 13, errorCode: 0, ip: 0))
    }

    @Test("with CR4.VME, CLI, STI, PUSHF, POPF and IRET have VIF in the place of IF")
    func virtualInterruptFlag() throws {
        // sti; pushf; popf; cli; pushf; iret with flags 0202h
        let code: [UInt8] = [
            0xFB, 0x9C, 0x9D, 0xFA, 0x9C, 0x58, 0x68, 0x02, 0x02, 0x68, 0x00, 0x08, 0x6A, 0x0F, 0xCF, 0x90,
        ]
        let machine = try machine(code, ioPrivilege: 0, isExtended: true)

        #expect(machine.processor.run(upTo: 2) == .limit)
        #expect(machine.processor.state.rflags & 1 << 19 != 0)
        #expect(try pushedFlags(machine) & 0x3200 == 0x3200)
        #expect(machine.processor.run(upTo: 3) == .limit)
        #expect(machine.processor.state.rflags & 1 << 19 == 0)
        #expect(try pushedFlags(machine) & 0x3200 == 0x3000)
        #expect(machine.processor.run(upTo: 5) == .limit)
        #expect(machine.processor.state.rip == 0x0F)
        #expect(machine.processor.state.rflags & (1 << 19 | 3 << 12) == 1 << 19)
    }

    @Test("STI with VIP set raises #GP")
    func pending() throws {
        let machine = try machine([0xFB], ioPrivilege: 0, isExtended: true)
        var state = machine.processor.state
        state.rflags |= 1 << 20
        machine.processor.state = state

        #expect(try machine.exception() == .init(vector: 13, errorCode: 0, ip: 0))
    }

    @Test("an exception saves the data segments, and IRET brings them back")
    func roundTrip() throws {
        let machine = try machine([0x0F, 0x0B, 0x90, 0xF4], ioPrivilege: 0, isExtended: false)
        // The handler goes on behind UD2: add dword [esp], 2; iret
        try machine.setGate(6, ProtectedMachine.gate(0x8E, ProtectedMachine.code, 0x8800))
        try machine.machine.put([0x83, 0x04, 0x24, 0x02, 0xCF], at: 0x8800)
        let before = machine.processor.state

        #expect(machine.processor.run(upTo: 4) == .limit)

        var after = machine.processor.state
        #expect(after.rip == 3)
        after.rip = before.rip
        after.rflags = before.rflags
        #expect(after.segments == before.segments)
        #expect(after[.rsp] == before[.rsp])
    }
}
