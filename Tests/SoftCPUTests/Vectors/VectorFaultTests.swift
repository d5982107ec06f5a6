import Testing
import X86

@testable import SoftCPU

/// Faults of SSE and MMX that need ring 0: what control registers forbid, and how unmasked exceptions are reported (Intel SDM vol. 3,
/// 2.5, 13.1 and 14.1; vol. 2, 2.5).
@Suite("Faults of vector instructions")
struct VectorFaultTests {
    private static let addps: [UInt8] = [0x0F, 0x58, 0xC1]
    private static let movaps: [UInt8] = [0x0F, 0x28, 0xC1]
    private static let paddb: [UInt8] = [0x0F, 0xFC, 0xC1]
    private static let emms: [UInt8] = [0x0F, 0x77]
    private static let cvtps2pi: [UInt8] = [0x0F, 0x2D, 0xC1]
    private static let fxsave: [UInt8] = [0x0F, 0xAE, 0x06, 0x00, 0x90]
    private static let ldmxcsr: [UInt8] = [0x0F, 0xAE, 0x16, 0x00, 0x90]
    private static let xsave: [UInt8] = [0x0F, 0xAE, 0x26, 0x00, 0x90]
    private static let xsavec: [UInt8] = [0x0F, 0xC7, 0x26, 0x00, 0x90]
    private static let all = CR4.fxsave | CR4.simdExceptions | CR4.xsave

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let code: [UInt8]
        var cr0: UInt64 = 0
        var cr4: UInt64 = VectorFaultTests.all
        let vector: Int?
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "ADDPS", code: addps, vector: nil),
        Case(name: "ADDPS, EM", code: addps, cr0: CR0.emulation, vector: 6),
        Case(name: "ADDPS, TS", code: addps, cr0: CR0.taskSwitched, vector: 7),
        Case(name: "ADDPS, EM and TS", code: addps, cr0: CR0.emulation | CR0.taskSwitched, vector: 6),
        Case(name: "ADDPS, no OSFXSR", code: addps, cr4: 0, vector: 6),
        Case(name: "ADDPS, no OSFXSR and TS", code: addps, cr0: CR0.taskSwitched, cr4: 0, vector: 6),
        Case(name: "MOVAPS, no OSFXSR", code: movaps, cr4: 0, vector: 6),
        Case(name: "PADDB, no OSFXSR", code: paddb, cr4: 0, vector: nil),
        Case(name: "PADDB, EM", code: paddb, cr0: CR0.emulation, vector: 6),
        Case(name: "PADDB, TS", code: paddb, cr0: CR0.taskSwitched, vector: 7),
        Case(name: "EMMS, TS", code: emms, cr0: CR0.taskSwitched, vector: 7),
        Case(name: "CVTPS2PI, no OSFXSR", code: cvtps2pi, cr4: 0, vector: 6),
        Case(name: "CVTPS2PI of memory, no OSFXSR", code: [0x0F, 0x2D, 0x06, 0x00, 0x90], cr4: 0, vector: 6),
        Case(name: "CVTPS2PI, TS", code: cvtps2pi, cr0: CR0.taskSwitched, vector: 7),
        Case(name: "FXSAVE, no OSFXSR", code: fxsave, cr4: 0, vector: nil),
        Case(name: "FXSAVE, EM", code: fxsave, cr0: CR0.emulation, vector: 7),
        Case(name: "FXSAVE, TS", code: fxsave, cr0: CR0.taskSwitched, vector: 7),
        Case(name: "LDMXCSR, no OSFXSR", code: ldmxcsr, cr4: 0, vector: 6),
        Case(name: "LDMXCSR, TS", code: ldmxcsr, cr0: CR0.taskSwitched, vector: 7),
        Case(name: "XSAVE", code: xsave, vector: nil),
        Case(name: "XSAVE, EM", code: xsave, cr0: CR0.emulation, vector: nil),
        Case(name: "XSAVE, no OSXSAVE", code: xsave, cr4: CR4.fxsave, vector: 6),
        Case(name: "XSAVE, no OSXSAVE and TS", code: xsave, cr0: CR0.taskSwitched, cr4: CR4.fxsave, vector: 6),
        Case(name: "XSAVE, TS", code: xsave, cr0: CR0.taskSwitched, vector: 7),
        Case(name: "XSAVEC, not shown", code: xsavec, vector: 6),
    ]

    @Test("control registers forbid what the manual says", arguments: cases)
    func availability(_ item: Case) throws {
        let machine = try VectorMachine(item.code, cr0: item.cr0, cr4: item.cr4)

        #expect(machine.step() == item.vector)
    }

    @Test("CLTS makes them available again")
    func clearTaskSwitched() throws {
        let machine = try VectorMachine([0x0F, 0x06] + Self.addps, cr0: CR0.taskSwitched, cr4: Self.all)

        let vectors = [machine.step(), machine.step()]

        #expect(vectors == [nil, nil])
        #expect(machine.cpu.state.ip == SmallMachine.code + 5)
    }

    @Test(
        "an exception that is not masked is #XM, or #UD without OSXMMEXCPT; the destination stays",
        arguments: [
            (CR4.fxsave | CR4.simdExceptions, 19), (CR4.fxsave, 6),
        ]
    )
    func unmasked(_ cr4: UInt64, _ vector: Int) throws {
        let machine = try VectorMachine([0x0F, 0x5E, 0xC1], cr0: 0, cr4: cr4)
        machine.cpu.setXMM(0, Vector128(SIMD4<UInt32>(0x3F80_0000, 0x7F7F_FFFF, 0, 1)))
        machine.cpu.setXMM(1, Vector128(SIMD4<UInt32>(0, 0x3F00_0000, 0x3F80_0000, 0x3F80_0000)))
        // Division by zero is not masked.
        machine.cpu.state.vector.mxcsr = 0x1F80 & ~(1 << 9)

        let found = machine.step()

        #expect(found == vector)
        #expect(machine.cpu.xmm(0) == Vector128(SIMD4<UInt32>(0x3F80_0000, 0x7F7F_FFFF, 0, 1)))
        // ZE and DE, found before there are results; not OE and PE, which the second lane would have.
        #expect(machine.cpu.state.vector.mxcsr == 0x1F80 & ~(1 << 9) | 0x6)
    }

    @Test("MXCSR takes no reserved bit")
    func reservedBits() throws {
        let machine = try VectorMachine(Self.ldmxcsr + Self.ldmxcsr, cr0: 0, cr4: Self.all)
        try machine.machine.put(0xFFC0, bytes: 4, at: 0x9000)
        let allowed = machine.step()
        try machine.machine.put(0x1_1F80, bytes: 4, at: 0x9000)

        let refused = machine.step()

        #expect(allowed == nil)
        #expect(refused == 13)
        #expect(machine.cpu.state.vector.mxcsr == 0xFFC0)
    }

    @Test("operands of 16 bytes must be aligned, but for those of moves that say so")
    func alignment() throws {
        let codes: [[UInt8]] = [
            [0x0F, 0x28, 0x06, 0x08, 0x90], [0x66, 0x0F, 0xEF, 0x06, 0x08, 0x90], [0x66, 0x0F, 0x7F, 0x06, 0x08, 0x90],
            [0x0F, 0x58, 0x06, 0x08, 0x90], [0x0F, 0xAE, 0x06, 0x08, 0x90], [0x0F, 0xAE, 0x26, 0x10, 0x90],
            [0x0F, 0x10, 0x06, 0x08, 0x90], [0xF2, 0x0F, 0xF0, 0x06, 0x08, 0x90], [0xF2, 0x0F, 0x58, 0x06, 0x08, 0x90],
            [0x66, 0x0F, 0x3A, 0x63, 0x06, 0x08, 0x90, 0x0C],
        ]

        let vectors = try codes.map { try VectorMachine($0, cr0: 0, cr4: Self.all).step() }

        #expect(vectors == [13, 13, 13, 13, 13, 13, nil, nil, nil, nil])
    }

    @Test("a pending x87 exception goes before a fault of memory, and before what MMX does to the registers")
    func pending() throws {
        // MOVQ MM0, [FFFFh], which is beyond the segment's limit.
        let machine = try VectorMachine([0x0F, 0x6F, 0x06, 0xFF, 0xFF], cr0: CR0.numericError, cr4: Self.all)
        machine.cpu.state.vector.setControl(0x37E, status: 0x1801)

        let vector = machine.step()

        #expect(vector == 16)
        #expect(machine.cpu.state.vector.tags == 0)
        #expect(machine.cpu.state.vector.top == 3)
    }

    @Test("MMX takes the x87 registers over, and EMMS gives them back")
    func aliases() throws {
        // MOVQ MM2, MM5; EMMS.
        let machine = try VectorMachine([0x0F, 0x6F, 0xD5] + Self.emms, cr0: 0, cr4: Self.all)
        machine.cpu.state.vector.setStatus(0x3000)
        machine.cpu.state.vector.significands[5] = 0x1234_5678_9ABC_DEF0

        _ = machine.step()
        let inside = machine.cpu.state.vector
        _ = machine.step()

        #expect(inside.significands[2] == 0x1234_5678_9ABC_DEF0)
        #expect(inside.exponents[2] == 0xFFFF)
        #expect(inside.exponents[5] == 0)
        #expect(inside.tags == 0xFF)
        #expect(inside.top == 0)
        #expect(machine.cpu.state.vector.tags == 0)
    }
}

/// A processor in real-address mode whose exceptions lead to handlers of their own.
struct VectorMachine {
    let machine: SmallMachine
    var cpu: CPU { machine.processor.cpu }

    init(
        _ code: [UInt8],
        cr0: UInt64,
        cr4: UInt64,
        configuration: SoftConfiguration = SoftConfiguration()
    ) throws {
        machine = try SmallMachine(configuration: configuration)
        for vector in 0..<32 { try machine.put(UInt64(0x1000 + 16 * vector), bytes: 4, at: UInt64(4 * vector)) }
        try machine.startReal(code)
        cpu.state.cr0 |= cr0
        cpu.state.cr4 = cr4
        cpu.state.xcr0 = 3
        cpu.updateMode()
    }

    /// Executes one instruction; gives the exception that it raised.
    func step() -> Int? {
        _ = machine.processor.run(upTo: 1)
        let offset = Int(cpu.state.ip) - 0x1000
        return offset >= 0 && offset < 32 * 16 ? offset / 16 : nil
    }
}
