import CNative
import Testing
import X86

@testable import SoftCPU

/// Handlers go on by jumps: however many instructions a slice executes, the host's stack is as deep as behind one.
@Suite("Depth of the host's stack")
struct StackDepthTests {
    /// An instruction, repeated in a loop.
    struct Loop: Sendable, CustomTestStringConvertible {
        let name: String
        let code: [UInt8]
        var testDescription: String { name }
    }

    /// Some of the shortest handlers, which are alike, and of the longest.
    static let loops: [Loop] = [
        Loop(name: "MOV of 32 bits", code: [0x66, 0x89, 0xD8]),
        Loop(name: "MOV of 16 bits", code: [0x89, 0xD8]),
        Loop(name: "MOVZX", code: [0x0F, 0xB6, 0xC3]),
        Loop(name: "MOVSX", code: [0x66, 0x0F, 0xBF, 0xC3]),
        Loop(name: "ADD", code: [0x01, 0xD8]),
        Loop(name: "SHL", code: [0xC1, 0xE0, 0x01]),
        Loop(name: "NOT", code: [0xF7, 0xD0]),
        Loop(name: "BSWAP", code: [0x66, 0x0F, 0xC8]),
        Loop(name: "MOV from memory", code: [0xA1, 0x00, 0x90]),
        Loop(name: "MOV to memory", code: [0xA3, 0x00, 0x90]),
        Loop(name: "MOVAPS", code: [0x0F, 0x28, 0xC1]),
        Loop(name: "MOVAPS from memory", code: [0x0F, 0x28, 0x06, 0x00, 0x90]),
        Loop(name: "ANDPS", code: [0x0F, 0x54, 0xC1]),
        Loop(name: "PAND", code: [0x66, 0x0F, 0xDB, 0xC1]),
        Loop(name: "PADDB of MMX", code: [0x0F, 0xFC, 0xC1]),
        Loop(name: "ADDPS", code: [0x0F, 0x58, 0xC1]),
        Loop(name: "MULSD", code: [0xF2, 0x0F, 0x59, 0xC1]),
        Loop(name: "UCOMISD", code: [0x66, 0x0F, 0x2E, 0xC1]),
        Loop(name: "PCMPISTRI", code: [0x66, 0x0F, 0x3A, 0x63, 0xC1, 0x0C]),
        Loop(name: "AESENC", code: [0x66, 0x0F, 0x38, 0xDC, 0xC1]),
        Loop(name: "LDMXCSR", code: [0x0F, 0xAE, 0x16, 0x08, 0x90]),
        Loop(name: "XLAT", code: [0xD7]),
    ]

    @Test("a hundred thousand instructions leave no more on it than one", arguments: loops)
    func depth(_ loop: Loop) throws {
        let machine = try SmallMachine()
        try machine.put(0x1F80, bytes: 4, at: 0x9008)
        let body = [[UInt8]](repeating: loop.code, count: 40).flatMap { $0 }
        let back = UInt16(truncatingIfNeeded: -(body.count + 3))
        try machine.startReal(body + [0xE9, UInt8(back & 0xFF), UInt8(back >> 8)])
        machine.processor.cpu.state.cr4 = CR4.fxsave | CR4.simdExceptions
        machine.processor.cpu.updateMode()

        let few = StackGauge.depth { _ = machine.processor.run(upTo: 1000) }
        let many = StackGauge.depth { _ = machine.processor.run(upTo: 100_000) }

        #expect(machine.processor.executed == 101_000)
        #expect(many <= few + 1024)
    }

    @Test("the gauge finds a call that is not a jump")
    func gauge() {
        let depth = StackGauge.depth { precondition(Self.mixed(1000) != 0) }

        #expect(depth > 16_000)
    }

    /// Of this recursion the optimiser can make no loop.
    @inline(never)
    private static func mixed(_ number: Int) -> Int {
        number == 0 ? 1 : (mixed(number - 1) &* 31) ^ number
    }
}

/// Measures how deep a stack becomes.
enum StackGauge {
    /// Bytes of stack that a function uses, on a thread of its own whose stack is painted before.
    static func depth(_ body: @escaping () -> Void) -> Int {
        let box = unsafe Unmanaged.passRetained(Body(body))
        // SAFETY: the function is called once, on a thread that has ended when the call returns; it takes the box over.
        return unsafe Int(
            native_stack_depth(
                { argument in unsafe Unmanaged<Body>.fromOpaque(argument!).takeRetainedValue().run() },
                box.toOpaque()
            )
        )
    }

    private final class Body {
        let run: () -> Void
        init(_ run: @escaping () -> Void) { self.run = run }
    }
}
