import Testing
import X86

@testable import SoftCPU

/// What QEMU's emulation does where the manuals leave it open, as `measure-quirks` has found under it.
@Suite("Results that QEMU's emulation leaves")
struct EmulatedQuirkTests {
    private func state(
        after code: [UInt8],
        _ quirks: Quirks,
        steps: Int,
        change: (inout ProcessorState) -> Void
    ) throws -> ProcessorState {
        var configuration = SoftConfiguration()
        configuration.quirks = quirks
        let machine = try LongMachine(configuration: configuration)
        try machine.start(code, .kernel) { change(&$0) }
        for _ in 0..<steps { _ = machine.processor.run(upTo: 1) }
        return machine.processor.state
    }

    @Test("Its name stands for them, whatever signature it shows")
    func measured() {
        #expect(Quirks.measured(vendor: ProcessorModel.emulator, signature: 0x60FB1) == .emulated)
        #expect(Quirks.measured(vendor: "AuthenticAMD", signature: 0x60FB1) == nil)
    }

    @Test(
        "BSF sets the flags as TEST of its operand does",
        arguments: [(UInt64(0x8000_0001), UInt64(0x82)), (0, 0x46)]
    )
    func scans(operand: UInt64, flags: UInt64) throws {
        // BSF EAX, ECX.
        let state = try state(after: [0x0F, 0xBC, 0xC1], .emulated, steps: 1) { $0[.rcx] = operand }

        #expect(state.rflags == flags)
    }

    @Test("MUL sets ZF as of the lower half", arguments: [(Quirks.emulated, UInt64(0x46)), (.intel, 0x06)])
    func products(quirks: Quirks, flags: UInt64) throws {
        // MUL ECX.
        let state = try state(after: [0xF7, 0xE1], quirks, steps: 1) { $0[.rcx] = 0 }

        #expect(state.rflags == flags)
    }

    @Test(
        "Between two turns of REP STOSB RF stays as it was",
        arguments: [(Quirks.emulated, UInt64(0)), (.zen5, 0x10000)]
    )
    func turns(quirks: Quirks, resume: UInt64) throws {
        let state = try state(after: [0xF3, 0xAA], quirks, steps: 2) {
            $0[.rcx] = 5
            $0[.rdi] = 0x6000
        }

        #expect(state[.rcx] == 3)
        #expect(state.rflags & 0x10000 == resume)
    }
}
