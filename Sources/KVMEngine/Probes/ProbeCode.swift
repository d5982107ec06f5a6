internal import Engine
internal import X86

/// Pieces of code for probe guests. They mean the same in 16-, 32- and 64-bit code unless noted.
enum ProbeCode {
    static let endPort = Port(0x10)
    static let interruptPort = Port(0x11)
    static let faultPort = Port(0x12)

    /// Reports that the code before has been executed.
    static let end: [UInt8] = [
        0xE6, 0x10,  // out 0x10, al
        0xF4,  // hlt: not reached
    ]

    /// The handler of interrupts and INT n.
    static let interruptHandler: [UInt8] = [
        0xE6, 0x11,  // out 0x11, al
        0xF4,  // hlt: not reached
    ]

    /// The handler of exceptions.
    static let faultHandler: [UInt8] = [
        0xE6, 0x12,  // out 0x12, al
        0xF4,  // hlt: not reached
    ]

    /// Loops for ever.
    static let endlessLoop: [UInt8] = [
        0xEB, 0xFE,  // jmp to itself
    ]

    /// Loops ECX times, counting in EBX.
    static func countedLoop(in mode: GuestMode) -> [UInt8] {
        mode == .real
            ? [
                0x66, 0xFF, 0xC3,  // inc ebx
                0x66, 0xFF, 0xC9,  // dec ecx
                0x75, 0xF8,  // jnz back to inc
            ]
            : [
                0xFF, 0xC3,  // inc ebx
                0xFF, 0xC9,  // dec ecx
                0x75, 0xFA,  // jnz back to inc
            ]
    }

    /// The same, with a PAUSE in each round.
    static func patientLoop(in mode: GuestMode) -> [UInt8] {
        mode == .real
            ? [
                0x66, 0xFF, 0xC3,  // inc ebx
                0xF3, 0x90,  // pause
                0x66, 0xFF, 0xC9,  // dec ecx
                0x75, 0xF6,  // jnz back to inc
            ]
            : [
                0xFF, 0xC3,  // inc ebx
                0xF3, 0x90,  // pause
                0xFF, 0xC9,  // dec ecx
                0x75, 0xF8,  // jnz back to inc
            ]
    }

    /// How many instructions one round of ``countedLoop(in:)`` executes.
    static let loopLength = 3
}
