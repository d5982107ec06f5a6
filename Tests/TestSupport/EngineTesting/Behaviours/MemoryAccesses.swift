import Engine
import GuestMemory
import Testing
import X86

extension EngineBehaviours {
    static let memoryAccesses: [any EngineBehaviour] = [
        ALoadFromWhereNoMemoryIsCanBeAnswered(), AStoreToWhereNoMemoryIsOrROMLeavesTheGuest(),
        SixteenBytesAreComparedAndExchanged(),
    ]
}

struct ALoadFromWhereNoMemoryIsCanBeAnswered: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        let cases: [([UInt8], UInt8, UInt64)] = [
            ([0x26, 0xA0, 0x34, 0x00], 1, 0xFFFF_FF88),  // mov al, es:[0x34]
            ([0x26, 0xA1, 0x34, 0x00], 2, 0xFFFF_7788),  // mov ax, es:[0x34]
            ([0x66, 0x26, 0xA1, 0x34, 0x00], 4, 0x5566_7788),  // mov eax, es:[0x34]
        ]
        for (code, length, result) in cases {
            var machine = try TinyMachine<P>(code + [0xF4]) {
                $0[.rax] = 0xFFFF_FFFF
                $0.segments.es.base = 0xF_0000
                $0.segments.es.selector = 0xF000
            }
            #expect(try machine.run() == .memoryRead(GuestPhysicalAddress(0xF_0034), length: length), "\(code)")
            machine.processor.answer(0x5566_7788)
            #expect(try machine.state()[.rax] == result, "\(code)")
        }
    }
}

struct AStoreToWhereNoMemoryIsOrROMLeavesTheGuest: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        let cases: [(UInt64, [UInt8], UInt8, UInt64)] = [
            (0xF_0000, [0x26, 0xA2, 0x34, 0x00], 1, 0x44),  // mov es:[0x34], al
            (0xF_0000, [0x26, 0xA3, 0x34, 0x00], 2, 0x3344),  // mov es:[0x34], ax
            (0xF_0000, [0x66, 0x26, 0xA3, 0x34, 0x00], 4, 0x1122_3344),  // mov es:[0x34], eax
            (TinyLayout.rom, [0x26, 0xA3, 0x34, 0x00], 2, 0x3344),  // mov es:[0x34], ax
        ]
        for (base, code, length, value) in cases {
            var machine = try TinyMachine<P>(code + [0xF4]) {
                $0[.rax] = 0x1122_3344
                $0.segments.es.base = base
                $0.segments.es.selector = UInt16(base >> 4)
            }
            let exit = Exit.memoryWrite(GuestPhysicalAddress(base + 0x34), length: length, value: value)
            #expect(try machine.run() == exit, "\(code)")
            #expect(try machine.run() == .halt, "\(code)")
            #expect(try machine.read(at: TinyLayout.rom, 0x1000).allSatisfy { $0 == 0 }, "\(code)")
        }
    }
}

/// It does not matter whether the host executes the instruction or it is completed.
struct SixteenBytesAreComparedAndExchanged: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        for isEqual in [false, true] {
            // lock cmpxchg16b [rsi]; hlt
            var machine = try LongModeMachine<P>([0xF0, 0x48, 0x0F, 0xC7, 0x0E, 0xF4]) {
                $0[.rsi] = 0x6000
                ($0[.rax], $0[.rdx]) = (isEqual ? 5 : 6, 7)
                ($0[.rbx], $0[.rcx]) = (0x1111, 0x2222)
            }
            try machine.processor.memory.write([5], at: GuestPhysicalAddress(0x6000))
            try machine.processor.memory.write([7], at: GuestPhysicalAddress(0x6008))
            let exit = try machine.processor.run()
            #expect(exit == .halt)
            let state = try machine.processor.state()
            #expect(state[.rax] == 5)
            #expect(state.rflags & 0x40 == (isEqual ? 0x40 : 0))
            let word = try machine.processor.memory.read(at: GuestPhysicalAddress(0x6000), count: 2)
            #expect(word == (isEqual ? [0x11, 0x11] : [5, 0]))
            let dirty = try machine.processor.takeDirtyPages(expecting: [])
            #expect(dirty.contains(GuestPhysicalAddress(0x6000)))
        }
    }
}
