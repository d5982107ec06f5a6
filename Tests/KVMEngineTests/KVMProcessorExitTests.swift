import Dispatch
import TestBasics
import Testing
import X86

@testable import Engine
@testable import KVMEngine

@Suite(.needsKVM) struct KVMProcessorExitTests {
    @Test(
        arguments: [
            ([0xE6, 0x10], Exit.portWrite(Port(0x10), .byte, value: 0x44)),  // out 0x10, al
            ([0xE7, 0x10], .portWrite(Port(0x10), .word, value: 0x3344)),  // out 0x10, ax
            ([0x66, 0xE7, 0x10], .portWrite(Port(0x10), .doubleword, value: 0x1122_3344)),  // out 0x10, eax
            ([0xEE], .portWrite(Port(0xFFFF), .byte, value: 0x44)),  // out dx, al
        ] as [([UInt8], Exit)]
    )
    func aPortWriteSaysPortSizeAndValue(code: [UInt8], exit: Exit) throws {
        var machine = try TinyMachine(code + [0xF4]) {
            $0[.rax] = 0x1122_3344
            $0[.rdx] = 0xFFFF
        }
        #expect(try machine.run() == exit)
        #expect(try machine.run() == .halt)
    }

    @Test(
        arguments: [
            ([0xE4, 0x10], Exit.portRead(Port(0x10), .byte), UInt64(0xFFFF_FF88)),  // in al, 0x10
            ([0xE5, 0x10], .portRead(Port(0x10), .word), 0xFFFF_7788),  // in ax, 0x10
            ([0x66, 0xE5, 0x10], .portRead(Port(0x10), .doubleword), 0x5566_7788),  // in eax, 0x10
        ] as [([UInt8], Exit, UInt64)]
    )
    func aPortReadTakesAsManyBytesOfTheAnswerAsItHas(code: [UInt8], exit: Exit, result: UInt64) throws {
        var machine = try TinyMachine(code + [0xF4]) { $0[.rax] = 0xFFFF_FFFF }
        #expect(try machine.run() == exit)
        machine.processor.answer(0x1234_5678_5566_7788)
        let state = try machine.state()
        #expect(state[.rax] == result)
        #expect(state.rip == UInt64(TinyMachine.start) + UInt64(code.count))
        #expect(try machine.run() == .halt)
    }

    @Test(
        arguments: [
            ([0xF3, 0x6E], AccessSize.byte, [UInt32(0x11), 0x22, 0x33]),  // rep outsb
            ([0xF3, 0x6F], .word, [0x2211, 0x4433, 0x6655]),  // rep outsw
            ([0x66, 0xF3, 0x6F], .doubleword, [0x4433_2211, 0x8877_6655, 0xCCBB_AA99]),  // rep outsd
        ] as [([UInt8], AccessSize, [UInt32])]
    )
    func repeatedOutputComesElementByElement(code: [UInt8], size: AccessSize, values: [UInt32]) throws {
        var machine = try TinyMachine(code + [0xF4]) {
            $0[.rcx] = 3
            $0[.rdx] = 0x80
            $0[.rsi] = 0x5000
        }
        try machine.write([0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB, 0xCC], at: 0x5000)
        for value in values { #expect(try machine.run() == .portWrite(Port(0x80), size, value: value)) }
        let isInsideInstruction = machine.isInsideInstruction
        #expect(!isInsideInstruction)
        #expect(try machine.run() == .halt)
        let state = try machine.state()
        #expect(state[.rcx] == 0)
        #expect(state[.rsi] == 0x5000 + 3 * UInt64(size.byteCount))
    }

    @Test(
        arguments: [
            ([0xF3, 0x6C], AccessSize.byte, [UInt8(1), 2, 3, 0, 0, 0]),  // rep insb
            ([0xF3, 0x6D], .word, [1, 0xA1, 2, 0xA2, 3, 0xA3]),  // rep insw
        ] as [([UInt8], AccessSize, [UInt8])]
    )
    func repeatedInputIsAnsweredElementByElement(code: [UInt8], size: AccessSize, bytes: [UInt8]) throws {
        var machine = try TinyMachine(code + [0xF4]) {
            $0[.rcx] = 3
            $0[.rdx] = 0x80
            $0[.rdi] = 0x5000
        }
        for value: UInt64 in [0xA101, 0xA202, 0xA303] {
            #expect(try machine.run() == .portRead(Port(0x80), size))
            machine.processor.answer(value)
        }
        #expect(try machine.run() == .halt)
        #expect(try machine.read(at: 0x5000, 6) == bytes)
    }

    /// Hosts differ in how many elements one exit covers: what counts is that no element is lost.
    @Test func anInstructionIsNotFinishedBeforeItsLastElementIsAnswered() throws {
        var machine = try TinyMachine([0xF3, 0x6C, 0xF4]) {  // rep insb; hlt
            $0[.rcx] = 3
            $0[.rdx] = 0x80
            $0[.rdi] = 0x5000
        }
        for value: UInt64 in 1...3 {
            #expect(try machine.run() == .portRead(Port(0x80), .byte))
            machine.processor.answer(value)
            let hasMore = machine.isInsideInstruction
            let isFinished = (try? machine.processor.completePendingAccess()) != nil
            #expect(isFinished != hasMore)
        }
        #expect(try machine.run() == .halt)
        #expect(try machine.read(at: 0x5000, 3) == [1, 2, 3])
    }

    @Test func inTheMiddleOfAStringNoInterruptIsTaken() throws {
        var machine = try TinyMachine([
            0xFB,  // sti
            0x90,  // nop
            0xF3, 0x6C,  // rep insb
            0xF4,  // hlt
        ]) { $0[.rcx] = 5 }
        for _ in 0..<5 {
            #expect(try machine.run() == .portRead(Port(0), .byte))
            let isAmongElements = machine.isInsideInstruction && machine.canTakeInterrupt
            #expect(!isAmongElements)
        }
        #expect(try machine.run() == .halt)
        let canTakeInterrupt = machine.canTakeInterrupt
        #expect(canTakeInterrupt)
    }

    @Test(
        arguments: [
            ([0x26, 0xA0, 0x34, 0x00], UInt8(1), UInt64(0xFFFF_FF88)),  // mov al, es:[0x34]
            ([0x26, 0xA1, 0x34, 0x00], 2, 0xFFFF_7788),  // mov ax, es:[0x34]
            ([0x66, 0x26, 0xA1, 0x34, 0x00], 4, 0x5566_7788),  // mov eax, es:[0x34]
        ] as [([UInt8], UInt8, UInt64)]
    )
    func aLoadFromWhereNoMemoryIsCanBeAnswered(code: [UInt8], length: UInt8, result: UInt64) throws {
        var machine = try TinyMachine(code + [0xF4]) {
            $0[.rax] = 0xFFFF_FFFF
            $0.segments.es.base = 0xF_0000
            $0.segments.es.selector = 0xF000
        }
        #expect(try machine.run() == .memoryRead(GuestPhysicalAddress(0xF_0034), length: length))
        machine.processor.answer(0x5566_7788)
        #expect(try machine.state()[.rax] == result)
    }

    @Test(
        arguments: [
            (UInt64(0xF_0000), [UInt8(0x26), 0xA2, 0x34, 0x00], UInt8(1), UInt64(0x44)),  // mov es:[0x34], al
            (0xF_0000, [0x26, 0xA3, 0x34, 0x00], 2, 0x3344),  // mov es:[0x34], ax
            (0xF_0000, [0x66, 0x26, 0xA3, 0x34, 0x00], 4, 0x1122_3344),  // mov es:[0x34], eax
            (TinyMachine.rom, [0x26, 0xA3, 0x34, 0x00], 2, 0x3344),  // mov es:[0x34], ax
        ] as [(UInt64, [UInt8], UInt8, UInt64)]
    )
    func aStoreToWhereNoMemoryIsOrROMLeavesTheGuest(
        base: UInt64,
        code: [UInt8],
        length: UInt8,
        value: UInt64
    ) throws {
        var machine = try TinyMachine(code + [0xF4]) {
            $0[.rax] = 0x1122_3344
            $0.segments.es.base = base
            $0.segments.es.selector = UInt16(base >> 4)
        }
        let address = GuestPhysicalAddress(base + 0x34)
        #expect(try machine.run() == .memoryWrite(address, length: length, value: value))
        #expect(try machine.run() == .halt)
        #expect(try machine.read(at: TinyMachine.rom, 0x1000).allSatisfy { $0 == 0 })
    }

    @Test func aTrappedRegisterCanBeAnswered() throws {
        var machine = try TinyMachine([0x0F, 0x32, 0xF4]) { $0[.rcx] = 0x10 }  // rdmsr
        #expect(try machine.run() == .readMSR(0x10))
        machine.processor.answer(0x1122_3344_5566_7788)
        let state = try machine.state()
        #expect(state[.rax] == 0x5566_7788)
        #expect(state[.rdx] == 0x1122_3344)
    }

    @Test func aTrappedRegisterCanBeWritten() throws {
        var machine = try TinyMachine([0x0F, 0x30, 0xF4]) {  // wrmsr
            $0[.rcx] = 0x10
            $0[.rax] = 0x5566_7788
            $0[.rdx] = 0x1122_3344
        }
        #expect(try machine.run() == .writeMSR(0x10, value: 0x1122_3344_5566_7788))
        #expect(try machine.run() == .halt)
    }

    @Test(arguments: [UInt8(0x32), 0x30])  // rdmsr, wrmsr
    func aRefusedRegisterRaisesAFault(instruction: UInt8) throws {
        var machine = try TinyMachine([0x0F, instruction, 0xF4]) { $0[.rcx] = 0x10 }
        _ = try machine.run()
        machine.processor.refuse()
        #expect(try machine.run() == .portWrite(TinyMachine.handlerPort, .byte, value: 0))
    }

    @Test(arguments: [UInt8(0x32), 0x30])  // rdmsr, wrmsr
    func noInterruptComesBeforeTheFaultOfARefusedRegister(instruction: UInt8) throws {
        var machine = try TinyMachine([0x0F, instruction, 0xF4]) {
            $0[.rcx] = 0x10
            $0.rflags |= 1 << 9  // IF
        }
        _ = try machine.run()
        let before = [machine.processor.canTakeInterrupt, try machine.processor.canTakeNonMaskable()]

        machine.processor.refuse()

        let after = [machine.processor.canTakeInterrupt, try machine.processor.canTakeNonMaskable()]
        #expect(before == [true, true])
        #expect(after == [false, false])
        #expect(try machine.run() == .portWrite(TinyMachine.handlerPort, .byte, value: 0))
    }

    @Test func aTripleFaultEndsTheRun() throws {
        var machine = try TinyMachine([
            0x0F, 0x0B,  // ud2: in protected mode, with an interrupt table of no entries
        ]) {
            $0.control.cr0 |= 1
            $0.segments.cs.accessRights = 0xC09B
            $0.segments.cs.limit = .max
            $0.idt.limit = 0
        }
        #expect(try machine.run() == .tripleFault)
    }

    @Test func codeThatIsNotInMemoryIsAnEmulationFailure() throws {
        var machine = try TinyMachine([
            0xEA, 0x00, 0x00, 0x00, 0xF0,  // jmp 0xf000:0
        ])
        #expect(try machine.run() == .emulationFailure)
    }

    @Test func aKickBeforeARunStopsItBeforeAnythingIsExecuted() throws {
        var machine = try TinyMachine([0x40, 0xF4])  // inc ax; hlt
        machine.processor.kicker.kick()
        #expect(try machine.run() == .kicked)
        #expect(try machine.state()[.rax] == 0)
        #expect(try machine.run() == .halt)
    }

    @Test func aKickFromAnotherThreadStopsAGuestThatNeverLeaves() throws {
        var machine = try TinyMachine([0xEB, 0xFE])  // jmp to itself
        let kicker = machine.processor.kicker
        // A queue of its own, and not a task: other tests may keep all shared threads busy.
        DispatchQueue(label: "kick").asyncAfter(deadline: .now() + .milliseconds(5)) { kicker.kick() }
        #expect(try machine.run() == .kicked)
        #expect(try machine.state().rip == UInt64(TinyMachine.start))
    }

    @Test func anInjectedInterruptReachesItsHandler() throws {
        var machine = try TinyMachine([
            0xFB,  // sti
            0x90,  // nop
            0xE6, 0x10,  // out 0x10, al
            0xF4,  // hlt
        ])
        #expect(try machine.run() == .portWrite(Port(0x10), .byte, value: 0))
        try machine.processor.completePendingAccess()
        let canTakeInterrupt = machine.canTakeInterrupt
        #expect(canTakeInterrupt)
        try machine.processor.inject(vector: 0x20)
        #expect(try machine.run() == .portWrite(TinyMachine.handlerPort, .byte, value: 0))
    }

    @Test func withInterruptsOffNoneCanBeTaken() throws {
        var machine = try TinyMachine([0xE6, 0x10, 0xF4])  // out 0x10, al; hlt
        _ = try machine.run()
        let canTakeInterrupt = machine.canTakeInterrupt
        #expect(!canTakeInterrupt)
        let interruptFlag = machine.interruptFlag
        #expect(!interruptFlag)
    }

    @Test(.enabled(if: HostProbe.canStop(in: .ring0), "this host cannot step a guest"))
    func aStepOverWhatAHostMayHaveCompletedLeavesTheRegistersBehindIt() throws {
        var machine = try LongModeMachine([0x9B, 0xF4])  // fwait; hlt
        let before = try machine.processor.state()

        let exit = try machine.processor.step()

        let registers = machine.processor.exitRegisters
        #expect(exit == .debug)
        #expect(registers == before.general + [LongModeMachine.start + 1, before.rflags])
    }

    @Test func aNonMaskableInterruptIsNotTakenInTheHandlerOfOneNorWithOneThatWaits() throws {
        var free = try TinyMachine([0x90])
        let inHandler = try TinyMachine([0x90]) { $0.pending.nmiMasked = true }
        let waiting = try TinyMachine([0x90]) { $0.pending.nmiPending = true }

        #expect(try free.processor.canTakeNonMaskable())
        #expect(try !inHandler.processor.canTakeNonMaskable())
        #expect(try !waiting.processor.canTakeNonMaskable())
        try free.processor.injectNonMaskable()
        #expect(try !free.processor.canTakeNonMaskable())
    }

    @Test func theWindowThatWasAskedForComes() throws {
        var machine = try TinyMachine([
            0xFB,  // sti
            0x90,  // nop
            0xEB, 0xFE,  // jmp to itself
        ])
        machine.processor.requestInterruptWindow(true)
        #expect(try machine.run() == .interruptWindow)
        let canTakeInterrupt = machine.canTakeInterrupt
        #expect(canTakeInterrupt)
    }
}
