internal import X86

/// What the manuals leave undefined or to the processor, as one line of processors does it.
///
/// Each member is something that some processors do; its comment says what the others do instead. It is consulted where a result
/// is undefined, and nowhere else.
public struct Quirks: OptionSet, BitwiseCopyable, Hashable, Sendable {
    /// A bit for each habit.
    public let rawValue: UInt32

    /// The habits whose bits are set.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// SHL, SHR, SAR, SHLD and SHRD by a count that is not 0 set AF. Others clear it.
    public static let shiftsSetAdjust = Quirks(rawValue: 1 << 0)
    /// OF behind a shift or rotation by more than 1 is that of its first bit, and ROL and ROR of a register by an immediate number
    /// leave OF as it was. Others set OF as of the last bit.
    public static let overflowOfFirstBit = Quirks(rawValue: 1 << 1)
    /// SHLD and SHRD of 16 bits by more than 16 go on with the bits of the destination, and CF is the last bit that was shifted out.
    /// Others go on with those of the source, and clear CF.
    public static let doubleShiftsTurn = Quirks(rawValue: 1 << 2)
    /// MUL and IMUL set SF and PF as of the lower half of the product and clear ZF and AF. Others leave these four.
    public static let productsSetFlags = Quirks(rawValue: 1 << 3)
    /// DIV and IDIV leave all flags. Others leave CF and OF, set AF, and clear SF, ZF and PF.
    public static let quotientsLeaveFlags = Quirks(rawValue: 1 << 4)
    /// BSF and BSR set PF as of the result and clear CF, AF, SF and OF. Others leave these five.
    public static let scansSetFlags = Quirks(rawValue: 1 << 5)
    /// DAA and DAS set OF as of the addition or subtraction that they make. Others clear it.
    public static let decimalOverflow = Quirks(rawValue: 1 << 6)
    /// AAD sets CF, AF and OF as of the addition that it makes. Others clear them.
    public static let asciiSumFlags = Quirks(rawValue: 1 << 7)
    /// Opcode 0F 0D, a hint to fetch memory, raises #UD with a register. Others take it for a NOP.
    public static let hintsNeedMemory = Quirks(rawValue: 1 << 8)
    /// The estimates of RCPSS and RSQRTSS are by 12 bits of fraction, and those of ``EstimateQuirks``. Those of others are by 11
    /// and 10 bits, and rounded to nearest.
    public static let deviatingEstimates = Quirks(rawValue: 1 << 9)
    /// FPREM and FPREM1 by an infinity, and FSCALE by 0, give a denormal back without an underflow. With others that is one.
    public static let denormalsPass = Quirks(rawValue: 1 << 10)
    /// x87 remembers opcode and operand of an instruction that raises an exception which is not masked, of no other (Intel SDM
    /// vol. 1, 8.1.8 and 8.1.9; CPUID leaf 7, EBX bit 6). Others remember those of each instruction.
    public static let pointersOfErrors = Quirks(rawValue: 1 << 13)
    /// x87 knows the last instruction, its opcode and its operand only while an exception is pending: FXSAVE and XSAVE store zeros
    /// else (AMD APM vol. 2, 11.4.4.3), so that a processor that is switched away from and back has lost them. Others know them always.
    public static let pointersOnlyWithErrors = Quirks(rawValue: 1 << 14)
    /// REP INS and REP OUTS of no element need the right to the port. With others they do nothing.
    public static let emptyPortStringsCheck = Quirks(rawValue: 1 << 11)
    /// DPPS and DPPD add for each lane by itself, in another order: which of several NaNs a lane gets depends on that. Others add
    /// once for all lanes.
    public static let dotProductsByLane = Quirks(rawValue: 1 << 12)
    /// Where the second of two pages faults that FLDENV, FNSTENV, FRSTOR or FNSAVE access, CR2 has the address of the last byte, unless
    /// the first 2 or 4 bytes are in both pages. With others it has that of the first byte in the second page.
    public static let environmentsFaultAtEnd = Quirks(rawValue: 1 << 15)

    /// LOOPE and LOOPNE behind a prefix F2h ask for ZF clear, and behind F3h for ZF set, whichever of the two they are. Others
    /// ignore these prefixes.
    public static let prefixesDecideLoops = Quirks(rawValue: 1 << 16)
    /// Opcode 90h behind F3h and a REX prefix with bit B set exchanges RAX and R8. With others it is PAUSE.
    public static let pausesExchange = Quirks(rawValue: 1 << 17)
    /// MXCSR has bit 17 (MM), which allows operands of SSE instructions that are not aligned (AMD APM vol. 1, 4.2.2). With others
    /// the bit is reserved.
    public static let misalignedVectors = Quirks(rawValue: 1 << 18)
    /// SHLD of 16 bits by 16 sets OF as CF. With others OF is set if the result's sign is not CF.
    public static let wholeDoubleShiftsOverflowAsCarry = Quirks(rawValue: 1 << 19)
    /// Stores of x87 for which an exception leaves no result raise the faults of their operand nevertheless, and first. Others do not
    /// look at memory then.
    public static let storesFaultFirst = Quirks(rawValue: 1 << 20)
    /// FXSAVE, XSAVE and their kin raise #SS for an address in the stack segment that is not canonical even if it is not aligned.
    /// Others raise #GP for the alignment.
    public static let stackFaultsBeforeAlignment = Quirks(rawValue: 1 << 21)
    /// SYSCALL and SYSRET are invalid outside 64-bit mode (Intel SDM vol. 2). Others have them in all protected modes.
    public static let systemCallsNeedLongCode = Quirks(rawValue: 1 << 22)
    /// SYSENTER and SYSEXIT are invalid in long mode (AMD APM vol. 3). Others have them there.
    public static let systemEnterNeedsLegacy = Quirks(rawValue: 1 << 23)
    /// AAA and AAS set SF, ZF, PF and OF as of the sum or difference of AX, before the upper half of AL is cleared. Others set the first
    /// three as of AL behind that, and clear OF.
    public static let asciiWordFlags = Quirks(rawValue: 1 << 25)
    /// MOVSXD to a register of 16 bits reads 32 bits of memory. With others it reads 16.
    public static let shortExtensionsReadWhole = Quirks(rawValue: 1 << 24)
    /// Where ``productsSetFlags`` holds, ZF is as of the lower half too. With others it is clear.
    public static let productsSetZero = Quirks(rawValue: 1 << 26)
    /// BSF and BSR set SF, ZF and PF as of their operand, and clear CF, AF and OF. Others do as ``scansSetFlags`` says.
    public static let scansTestOperand = Quirks(rawValue: 1 << 27)
    /// RF is clear between two turns of a repeated instruction that accesses memory alone. With others it is set there (Intel SDM vol. 3, 17.3.1.1).
    public static let turnsLeaveResume = Quirks(rawValue: 1 << 28)

    /// AMD Zen to Zen 4, families 17h to 19h.
    public static let zen: Quirks = [
        .shiftsSetAdjust, .decimalOverflow, .hintsNeedMemory, .deviatingEstimates, .pointersOnlyWithErrors,
        .misalignedVectors, .systemEnterNeedsLegacy, .asciiWordFlags,
    ]
    /// AMD Zen 5, family 1Ah: measured on an EPYC of model 02h.
    public static let zen5: Quirks = zen.union([
        .scansSetFlags, .emptyPortStringsCheck, .prefixesDecideLoops, .pausesExchange,
        .wholeDoubleShiftsOverflowAsCarry, .asciiSumFlags, .storesFaultFirst, .stackFaultsBeforeAlignment,
        .shortExtensionsReadWhole,
    ])
    /// Intel, family 6: measured on a Xeon of model CFh.
    public static let intel: Quirks = [
        .overflowOfFirstBit, .doubleShiftsTurn, .productsSetFlags, .quotientsLeaveFlags, .scansSetFlags, .asciiSumFlags,
        .denormalsPass, .emptyPortStringsCheck, .dotProductsByLane, .pointersOfErrors,
        .environmentsFaultAtEnd, .systemCallsNeedLongCode,
    ]
    /// QEMU's emulation (TCG): measured with version 7.2.
    public static let emulated: Quirks = [
        .doubleShiftsTurn, .productsSetFlags, .productsSetZero, .quotientsLeaveFlags, .scansTestOperand,
        .pausesExchange,
        .denormalsPass, .pointersOnlyWithErrors, .systemEnterNeedsLegacy, .turnsLeaveResume,
    ]

    /// Those of a processor, if they were measured; nil for all others.
    ///
    /// - Parameter vendor: as CPUID leaf 0 spells it, or ``ProcessorModel/emulator``.
    /// - Parameter signature: EAX of CPUID leaf 1.
    public static func measured(vendor: String, signature: UInt32) -> Quirks? {
        let family = signature >> 8 & 0xF
        switch (vendor, family == 0xF ? family + signature >> 20 & 0xFF : family) {
        case ("AuthenticAMD", 0x17...0x19): return .zen
        case ("AuthenticAMD", 0x1A): return .zen5
        case ("GenuineIntel", 6): return .intel
        case (ProcessorModel.emulator, _): return .emulated
        default: return nil
        }
    }
}
