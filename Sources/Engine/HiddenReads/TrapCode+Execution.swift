public import GuestMemory
public import X86

/// The registers that an instruction for hidden state may change.
package protocol GeneralRegisterFile {
    /// A general register.
    subscript(_ register: GeneralRegister) -> UInt64 { get set }
    var rflags: UInt64 { get set }
}

extension TrapCode {
    /// The number of bytes in `OUT imm8, AL`.
    package static let outLength: UInt64 = 2

    /// CF, PF, AF, ZF, SF and OF, which RDRAND and RDSEED set or clear (Intel SDM vol. 2).
    private static let arithmeticFlags: UInt64 = 0x8D5
    private static let carryFlag: UInt64 = 1 << 0

    /// The ports that patched code writes to.
    package static func ports(from basePort: UInt8) -> Range<UInt16> {
        UInt16(basePort)..<UInt16(basePort) + UInt16(portCount)
    }

    /// The port of an exit that may be the OUT of patched code, or nil for any other exit.
    ///
    /// The port alone does not prove that, because the guest may also write to it through DX. The bytes of the instruction do: see
    /// ``init(before:port:basePort:_:_:)``.
    package static func port(of exit: Exit, basePort: UInt8) -> UInt16? {
        guard case .portWrite(let port, .byte, _) = exit, ports(from: basePort).contains(port.rawValue) else {
            return nil
        }
        return port.rawValue
    }

    /// Reads, through the guest's segments and paging, the code whose OUT to a port ends at an instruction pointer. It is nil if
    /// there is other code.
    ///
    /// - Parameter state: where code is and how it is decoded: CS, CR0, CR3, CR4 and EFER.
    public init?(before rip: UInt64, port: UInt16, basePort: UInt8, _ state: ProcessorState, _ memory: GuestMemory) {
        // The pointer may have passed the end of a segment of 64 KiB or 4 GiB.
        let start = state.mode.wrapped(rip &- Self.outLength)
        self.init(
            memory.read(state.instructionAddress(at: start), count: Self.maximumLength, in: state),
            basePort: basePort
        )
        guard bytes(basePort: basePort)[1] == UInt8(truncatingIfNeeded: port) else { return nil }
    }

    /// Does to registers what the instruction would have done: an operand of 32 bits clears the upper half of its register, and one
    /// of 16 bits keeps the rest.
    package func execute(
        on registers: inout some GeneralRegisterFile,
        value: UInt64,
        auxiliary: UInt32,
        succeeded: Bool
    ) {
        switch instruction {
        case .rdtsc, .rdpmc, .rdtscp:
            registers[.rax] = value & 0xFFFF_FFFF
            registers[.rdx] = value >> 32
            if instruction == .rdtscp { registers[.rcx] = UInt64(auxiliary) }
        case .rdpid: registers[destination] = UInt64(auxiliary)
        case .rdrand, .rdseed:
            let kept = size == .word ? registers[destination] & ~AccessSize.word.mask : 0
            registers[destination] = kept | (succeeded ? value : 0) & size.mask
            registers.rflags &= ~Self.arithmeticFlags
            if succeeded { registers.rflags |= Self.carryFlag }
        }
    }
}
