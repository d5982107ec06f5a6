internal import Engine

/// An instruction to try at ring 0, to see whether KVM lets it execute.
struct InstructionSample {
    /// Its mnemonic.
    let name: String
    /// Its bytes, after those that prepare for it.
    let bytes: [UInt8]
    /// The modes in which it exists.
    var modes: [GuestMode] = [.protected32, .ring0]
    /// CR4.OSXSAVE must be set, and XCR0 must enable x87, SSE and AVX, if the processor has them.
    var needsAVX = false

    /// The instructions that compilers and kernels use, and one of each other family. RSI points to the bytes 80 1F 00
    /// 00 FF FF 00 00 and zeros, RDI to zeros, EAX is 0x2000 and ECX 8.
    static let all: [Self] = floatingPoint + vector + integer + system + [interruptReturn32, interruptReturn64]

    private static let floatingPoint = [
        Self(name: "FNINIT", bytes: [0xDB, 0xE3]),
        Self(name: "FLD1", bytes: [0xD9, 0xE8]),
        Self(name: "FWAIT", bytes: [0x9B]),
        Self(name: "FXSAVE", bytes: [0x0F, 0xAE, 0x06]),  // fxsave [rsi]
        Self(name: "LDMXCSR", bytes: [0x0F, 0xAE, 0x16]),  // ldmxcsr [rsi]
    ]

    private static let vector = [
        Self(name: "MOVAPS", bytes: [0x0F, 0x28, 0xC1]),  // movaps xmm0, xmm1
        Self(name: "ADDPS", bytes: [0x0F, 0x58, 0xC1]),  // addps xmm0, xmm1
        Self(name: "PXOR", bytes: [0x66, 0x0F, 0xEF, 0xC0]),  // pxor xmm0, xmm0
        Self(name: "CRC32", bytes: [0xF2, 0x0F, 0x38, 0xF0, 0xC1]),  // crc32 eax, cl
        Self(name: "VADDPS", bytes: [0xC5, 0xF8, 0x58, 0xC1], needsAVX: true),  // vaddps xmm0, xmm0, xmm1
        Self(name: "XGETBV", bytes: [0x31, 0xC9, 0x0F, 0x01, 0xD0], needsAVX: true),  // xor ecx, ecx; xgetbv
    ]

    private static let integer = [
        Self(name: "REP MOVSB", bytes: [0xF3, 0xA4]),
        Self(name: "DIV", bytes: [0x31, 0xD2, 0xF7, 0xF1]),  // xor edx, edx; div ecx
        Self(name: "XADD", bytes: [0x0F, 0xC1, 0x0F]),  // xadd [rdi], ecx
        Self(name: "POPCNT", bytes: [0xF3, 0x0F, 0xB8, 0xC1]),  // popcnt eax, ecx
        Self(name: "MOVBE", bytes: [0x0F, 0x38, 0xF0, 0x06]),  // movbe eax, [rsi]
        Self(name: "CMPXCHG8B", bytes: [0x0F, 0xC7, 0x0F]),  // cmpxchg8b [rdi]
        Self(name: "CMPXCHG16B", bytes: [0x48, 0x0F, 0xC7, 0x0F], modes: [.ring0]),  // cmpxchg16b [rdi]
        Self(name: "BOUND", bytes: [0x62, 0x06], modes: [.protected32]),  // bound eax, [esi]
        Self(name: "DAA", bytes: [0x27], modes: [.protected32]),
        Self(name: "PUSHA", bytes: [0x60], modes: [.protected32]),
    ]

    private static let system = [
        Self(name: "CPUID", bytes: [0x0F, 0xA2]),
        Self(name: "RDMSR", bytes: [0xB9, 0x80, 0x00, 0x00, 0xC0, 0x0F, 0x32]),  // mov ecx, efer; rdmsr
        Self(name: "MOV CR3", bytes: [0x0F, 0x20, 0xD8, 0x0F, 0x22, 0xD8]),  // mov rax, cr3; mov cr3, rax
        Self(name: "INVLPG", bytes: [0x0F, 0x01, 0x3E]),  // invlpg [rsi]
        Self(name: "WBINVD", bytes: [0x0F, 0x09]),
        Self(name: "CLFLUSH", bytes: [0x0F, 0xAE, 0x3E]),  // clflush [rsi]
        Self(name: "MFENCE", bytes: [0x0F, 0xAE, 0xF0]),
        Self(name: "SWAPGS", bytes: [0x0F, 0x01, 0xF8], modes: [.ring0]),
        Self(name: "LAR", bytes: [0x0F, 0x02, 0xC1]),  // lar eax, ecx
        Self(name: "VERR", bytes: [0x0F, 0x00, 0xE1]),  // verr cx
        Self(name: "RDTSCP", bytes: [0x0F, 0x01, 0xF9]),
        Self(name: "RDRAND", bytes: [0x0F, 0xC7, 0xF0]),  // rdrand eax
        Self(name: "INT3", bytes: [0xCC]),
        Self(name: "INT n", bytes: [0xCD, ProbeLayout.vector]),
    ]

    private static let interruptReturn32 = Self(
        name: "IRET",
        bytes: [
            0x9C,  // pushfd
            0x6A, UInt8(ProbeLayout.Selector.code32),  // push code segment
            0x68, 0x09, 0x10, 0x00, 0x00,  // push 0x1009: what follows IRETD
            0xCF,  // iretd
        ],
        modes: [.protected32]
    )

    private static let interruptReturn64 = Self(
        name: "IRET",
        bytes: [
            0x48, 0x89, 0xE0,  // mov rax, rsp
            0x6A, UInt8(ProbeLayout.Selector.data),  // push stack segment
            0x50,  // push rax
            0x9C,  // pushfq
            0x6A, UInt8(ProbeLayout.Selector.code64),  // push code segment
            0x68, 0x10, 0x10, 0x00, 0x00,  // push 0x1010: what follows IRETQ
            0x48, 0xCF,  // iretq
        ],
        modes: [.ring0]
    )
}
