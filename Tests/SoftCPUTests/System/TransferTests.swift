import Testing
import X86

@testable import SoftCPU

@Suite("Calls and interruptions that the software processor notes")
struct TransferTests {
    private static let all: TransferSet = [.calls, .interrupts, .exceptions]

    /// A transfer in a few numbers.
    private struct Seen: Equatable {
        var kind: ControlTransfer.Kind
        var source, target, returnAddress: UInt64
        var slot: UInt64?
        var executed: UInt64

        init(
            _ kind: ControlTransfer.Kind,
            _ source: UInt64,
            _ target: UInt64,
            _ returnAddress: UInt64,
            _ slot: UInt64?,
            _ executed: UInt64
        ) {
            (self.kind, self.source, self.target, self.returnAddress) = (kind, source, target, returnAddress)
            (self.slot, self.executed) = (slot, executed)
        }

        init(_ transfer: ControlTransfer) {
            self.init(
                transfer.kind,
                transfer.source.rawValue,
                transfer.target.rawValue,
                transfer.returnAddress.rawValue,
                transfer.stackSlot?.rawValue,
                transfer.executed
            )
        }
    }

    @Test("a call, an interrupt by instruction, and the ways back, each with its count")
    func callsAndReturns() throws {
        let machine = try SmallMachine()
        // call 8005h; hlt; nop; 8005h: int 20h; ret; 8100h: iret
        try machine.startReal([0xE8, 0x02, 0x00, 0xF4, 0x90, 0xCD, 0x20, 0xC3])
        try machine.put(0x8100, bytes: 4, at: 0x80)
        try machine.put([0xCF], at: 0x8100)
        machine.processor.notedTransfers = Self.all

        #expect(machine.processor.run(upTo: 100) == .halt)

        let transfers = machine.processor.takeTransfers()
        #expect(
            transfers.map(Seen.init) == [
                Seen(.call, 0x8000, 0x8005, 0x8003, 0x6FFE, 1),
                Seen(.softwareInterrupt, 0x8005, 0x8100, 0x8007, 0x6FF8, 2),
                Seen(.interruptReturn, 0x8100, 0x8007, 0x8007, 0x6FF8, 3),
                Seen(.return, 0x8007, 0x8003, 0x8003, 0x6FFE, 4),
            ]
        )
        #expect(transfers.map(\.vector) == [nil, 0x20, nil, nil])
        #expect(machine.processor.takeTransfers().isEmpty)
    }

    @Test("an interrupt from outside, and an exception with what it says")
    func interruptions() throws {
        let machine = try LongMachine()
        // mov rax, [400000h]
        try machine.start([0x48, 0x8B, 0x04, 0x25, 0x00, 0x00, 0x40, 0x00]) { $0.rflags |= 0x200 }
        machine.processor.notedTransfers = [.interrupts, .exceptions]

        #expect(machine.processor.run(upTo: 100) == .halt)
        machine.processor.wake()
        machine.processor.inject(vector: 17)

        let transfers = machine.processor.takeTransfers()
        let handler = LongMachine.handlers + 14
        #expect(
            transfers.map(Seen.init) == [
                Seen(.exception, SmallMachine.code, handler, SmallMachine.code, 0x6FD8, 1),
                Seen(.interrupt, handler + 1, LongMachine.handlers + 17, handler + 1, 0x6FA8, 3),
            ]
        )
        #expect(transfers.first?.vector == 14)
        #expect(transfers.first?.errorCode == 0)
        #expect(transfers.first?.faultAddress == 0x40_0000)
        #expect(transfers.last?.vector == 17)
        #expect(transfers.last?.errorCode == nil)
    }

    @Test("a system call, and the level that it leads to")
    func systemCalls() throws {
        let machine = try LongMachine()
        // syscall; ud2; the handler: sysretq
        try machine.start([0x0F, 0x05, 0x0F, 0x0B], .user) { state in
            state.modelSpecific[0xC000_0081] = 0x001B_0008 << 32
            state.modelSpecific[0xC000_0082] = 0x8100
        }
        try machine.machine.put([0x48, 0x0F, 0x07], at: 0x8100)
        machine.processor.notedTransfers = Self.all

        #expect(machine.processor.run(upTo: 3) == .limit)

        let transfers = machine.processor.takeTransfers()
        #expect(
            transfers.prefix(2).map(Seen.init) == [
                Seen(.systemCall, 0x8000, 0x8100, 0x8002, nil, 1), Seen(.systemReturn, 0x8100, 0x8002, 0x8002, nil, 2),
            ]
        )
        #expect(transfers.map(\.kind).last == .exception)
        #expect(transfers.map(\.sourceLevel) == [3, 0, 3])
        #expect(transfers.map(\.targetLevel) == [0, 3, 0])
        #expect(transfers.last?.addressSpace == 0)
    }

    @Test("noting changes nothing of what is executed", arguments: [TransferSet(), all])
    func notingIsUnseen(noted: TransferSet) throws {
        let machine = try LongMachine()
        // mov ecx, 1000; again: call f; dec ecx; jnz again; hlt; f: inc rax; ret
        try machine.start([
            0xB9, 0xE8, 0x03, 0x00, 0x00, 0xE8, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xC9, 0x75, 0xF7, 0xF4, 0x48, 0xFF, 0xC0,
            0xC3,
        ])
        #expect(machine.processor.run(upTo: 100) == .limit)
        machine.processor.notedTransfers = noted

        #expect(machine.processor.run(upTo: 100_000) == .halt)

        #expect(machine.processor.executed == 5002)
        #expect(machine.processor.state[.rax] == 1000)
        #expect(machine.processor.state[.rsp] == LongMachine.kernelStack)
        let transfers = machine.processor.takeTransfers()
        #expect(transfers.count == (noted.isEmpty ? 0 : 1960))
        #expect(zip(transfers, transfers.dropFirst()).allSatisfy { $0.executed < $1.executed })
    }
}
