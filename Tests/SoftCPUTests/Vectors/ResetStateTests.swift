import Testing
import X86

@testable import SoftCPU

/// XSAVE and its kin where a component is as after reset, by the manual (Intel SDM vol. 1, 13.7 to 13.10).
@Suite("States as after reset")
struct ResetStateTests {
    private static let area: UInt64 = 0x9000
    private static let filler: UInt64 = 0x1111_1111_1111_1111

    private static func machine(_ code: [UInt8]) throws -> VectorMachine {
        var configuration = SoftConfiguration()
        configuration.cpuid = [CPUIDEntry(function: 0xD, index: 1, isIndexed: true, eax: 7)]
        let machine = try VectorMachine(code, cr0: 0, cr4: CR4.fxsave | CR4.xsave, configuration: configuration)
        for word in 0..<64 { try machine.machine.put(filler, bytes: 8, at: area + 8 * UInt64(word)) }
        machine.cpu.state.general[0] = 3
        machine.cpu.state.general[2] = 0
        return machine
    }

    private static func words(_ machine: VectorMachine, _ indices: Int...) throws -> [UInt64] {
        try indices.map { try machine.machine.number(at: area + 8 * UInt64($0), bytes: 8) }
    }

    @Test("XSAVE writes them and says that they are not in use")
    func standard() throws {
        let machine = try Self.machine([0x0F, 0xAE, 0x26, 0x00, 0x90])

        let vector = machine.step()

        #expect(vector == nil)
        // x87's control word, MXCSR and its mask, XMM0; XMM8, which is not there outside 64-bit code; XSTATE_BV.
        #expect(try Self.words(machine, 0, 3, 20, 36, 64) == [0x37F, 0x2_FFFF_0000_1F80, 0, Self.filler, 0])
    }

    @Test("XSAVEOPT leaves them out, but for MXCSR")
    func optimised() throws {
        let machine = try Self.machine([0x0F, 0xAE, 0x36, 0x00, 0x90])

        let vector = machine.step()

        #expect(vector == nil)
        #expect(try Self.words(machine, 0, 3, 20, 64) == [Self.filler, 0x2_FFFF_0000_1F80, Self.filler, 0])
    }

    @Test("XSAVEC leaves them out, and MXCSR unless it is another")
    func compacted() throws {
        let machine = try Self.machine([0x0F, 0xC7, 0x26, 0x00, 0x90, 0x0F, 0xC7, 0x26, 0x00, 0x90])

        _ = machine.step()
        let first = try Self.words(machine, 0, 3, 20, 64, 65)
        machine.cpu.state.vector.mxcsr = 0x1FA0
        _ = machine.step()

        #expect(first == [Self.filler, Self.filler, Self.filler, 0, 1 << 63 | 3])
        #expect(try Self.words(machine, 0, 3, 20, 64, 65) == [Self.filler, 0x2_FFFF_0000_1FA0, 0, 2, 1 << 63 | 3])
    }

    @Test("XGETBV of register 1 says what is in use")
    func inUse() throws {
        let machine = try Self.machine([0x0F, 0x01, 0xD0, 0x0F, 0x01, 0xD0])
        machine.cpu.state.general[1] = 1

        _ = machine.step()
        let first = machine.cpu.state.general[0]
        machine.cpu.setXMM(3, Vector128(low: 1))
        _ = machine.step()

        #expect(first == 0)
        #expect(machine.cpu.state.general[0] == 2)
    }

    @Test("XRSTOR makes what the header leaves out as after reset")
    func restored() throws {
        let machine = try Self.machine([0x0F, 0xAE, 0x2E, 0x00, 0x90])
        try machine.machine.put(0x1FA0, bytes: 8, at: Self.area + 24)
        machine.cpu.setXMM(0, Vector128(low: 1, high: 2))
        machine.cpu.setXMM(8, Vector128(low: 3, high: 4))
        machine.cpu.state.vector.setControl(0x27F, status: 0x3800)
        machine.cpu.setMMX(1, 5)

        let vector = machine.step()

        #expect(vector == nil)
        #expect(machine.cpu.state.vector.mxcsr == 0x1FA0)
        #expect(machine.cpu.xmm(0) == Vector128())
        // Not there outside 64-bit code.
        #expect(machine.cpu.xmm(8) == Vector128(low: 3, high: 4))
        #expect(machine.cpu.state.vector.controlWord == 0x37F)
        #expect(machine.cpu.state.vector.statusWord == 0)
        #expect(machine.cpu.mmx(1) == 0)
    }

    @Test("FXSAVE leaves XMM registers out where EFER.FFXSR says so")
    func fast() throws {
        let machine = try Self.machine([])
        machine.cpu.setXMM(0, Vector128(low: 7, high: 8))
        machine.cpu.state.mode.insert(.long)
        machine.cpu.state.efer |= EFER.fastFXSave
        let area = StateArea(address: Self.area, isStack: false)

        try machine.cpu.saveLegacy(area, isWide: true)
        let without = try Self.words(machine, 20)
        machine.cpu.state.efer &= ~EFER.fastFXSave
        try machine.cpu.saveLegacy(area, isWide: true)

        #expect(without == [Self.filler])
        #expect(try Self.words(machine, 20) == [7])
    }
}
