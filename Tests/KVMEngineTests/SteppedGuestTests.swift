import TestBasics
import Testing
import X86

@testable import Engine
@testable import KVMEngine

/// On a processor: the guest does not see that it was stepped.
@Suite(.needsKVM) struct SteppedGuestTests {
    @Test(
        .enabled(if: HostProbe.canStop(in: .real), "this host cannot stop a guest in real mode"),
        arguments: [[0x9C], [0xCD, 0x21], [0xCC], [0x0F, 0x0B]] as [[UInt8]]
    )
    func theFlagsThatAreStoredAreItsOwn(code: [UInt8]) throws {
        var machine = try TinyMachine(code)
        let stepping = try machine.processor.stepping()
        let outcome = try machine.processor.step(by: stepping)
        let state = try machine.state()
        let pushed = try machine.read(at: TinyMachine.stack - 2, 2)
        #expect(outcome == .done)
        #expect(pushed[1] & 1 == 0)
        #expect(state[.rsp] < TinyMachine.stack)
    }

    @Test(.enabled(if: HostProbe.canStop(in: .real), "this host cannot stop a guest in real mode"))
    func anExceptionIsFoundAndThenDelivered() throws {
        var machine = try TinyMachine([0x31, 0xC9, 0xF7, 0xF1])  // xor cx, cx; div cx
        _ = try machine.processor.step(by: machine.processor.stepping())
        _ = try machine.state()
        let before = try machine.processor.state()
        let stepping = try machine.processor.stepping()
        let first = try machine.processor.step(by: stepping)
        let handlers = try #require(first.handlers)
        try machine.processor.restore(before)
        let again = try machine.processor.step(by: Stepping(before, deliveringTo: handlers))
        let state = try machine.state()
        let pushed = try machine.read(at: TinyMachine.stack - 2, 2)
        #expect(again == .done)
        #expect(state.rip == 0x7000)
        #expect(pushed[1] & 1 == 0)
    }
}

extension StepOutcome {
    fileprivate var handlers: [InterruptHandler]? {
        if case .exception(let handlers) = self { handlers } else { nil }
    }
}
