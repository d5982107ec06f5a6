import CNative
import Glibc

@testable import SoftCPU

/// What an instruction leaves.
struct Outcome {
    var general = InlineArray<16, UInt64>(repeating: 0)
    var ip: UInt64
    var flags: UInt64
    /// Number of the exception, or -1.
    var vector: Int64
    var errorCode: UInt64 = 0
    /// CR2 of a page fault, else 0.
    var faultAddress: UInt64 = 0
    var vectors: VectorRegisters

    /// Of the thunk.
    init(_ context: native_context) {
        ip = context.rip
        flags = context.flags
        vector = context.vector
        if vector >= 0 { errorCode = context.error_code }
        if vector == 14 { faultAddress = context.fault_address }
        vectors = VectorRegisters(context, hasPointers: vector < 0)
        unsafe withUnsafeBytes(of: context.general) { values in
            for index in 0..<16 { general[index] = unsafe values.load(fromByteOffset: 8 * index, as: UInt64.self) }
        }
    }

    /// Of software.
    init(_ cpu: CPU, completed: Bool) {
        for index in 0..<16 { general[index] = cpu.state.general[index] }
        ip = completed ? cpu.state.ip : NATIVE_START
        flags = cpu.flags
        vector = completed ? -1 : Int64(cpu.state.fault.vector)
        if !completed { errorCode = UInt64(cpu.state.fault.errorCode) }
        if vector == 14 { faultAddress = cpu.state.fault.payload }
        vectors = cpu.state.vector
    }

    /// Flags that are compared: those of arithmetic, DF, AC and ID.
    private static let comparedFlags = Flag.arithmetic | Flag.direction | Flag.alignmentCheck | Flag.identification

    /// How software's outcome differs from the processor's.
    ///
    /// - Parameter instruction: of which this is the outcome. What the manuals leave undefined is compared where this
    ///   processor's line has been measured.
    func differences(_ native: Outcome, of instruction: RandomInstruction) -> [String] {
        var found: [String] = []
        func note(_ name: @autoclosure () -> String, _ ours: UInt64, _ theirs: UInt64) {
            guard ours != theirs else { return }
            found.append("\(name()) \(String(ours, radix: 16)), natively \(String(theirs, radix: 16))")
        }
        note("vector", UInt64(bitPattern: vector), UInt64(bitPattern: native.vector))
        if vector == native.vector {
            note("error code", errorCode, native.errorCode)
            let pages: UInt64 = instruction.loadsEnvironment ? ~0xFFF : ~0
            note("CR2", faultAddress & pages, native.faultAddress & pages)
        }
        note("ip", ip, native.ip)
        for index in 0..<16 { note("r\(index)", general[index], native.general[index]) }
        var mask = Self.comparedFlags
        if !NativeCode.isMeasured { mask &= ~instruction.undefinedFlags }
        // Intel restores the flags where the instruction was begun last; software keeps those of the turn before.
        if native.vector >= 0, instruction.repeatsComparison { mask &= ~Flag.arithmetic }
        note("flags", flags & mask, native.flags & mask)
        vectors.note(native.vectors, of: instruction, completed: native.vector < 0, note)
        return found
    }
}

extension VectorRegisters {
    /// Tells a function of every register that differs.
    fileprivate func note(
        _ native: VectorRegisters,
        of instruction: RandomInstruction,
        completed: Bool,
        _ note: (@autoclosure () -> String, UInt64, UInt64) -> Void
    ) {
        for index in 0..<32 { note("xmm\(index / 2)", xmm[index], native.xmm[index]) }
        note("MXCSR", UInt64(mxcsr), UInt64(native.mxcsr))
        note("x87 control", UInt64(controlWord), UInt64(native.controlWord))
        // C1, and underflow and overflow at the ends of the range, are those of the last unit.
        let isApproximate = instruction.isApproximate
        var decided: UInt16 = isApproximate ? X87Status.c1 | 0x18 | X87Status.summary : 0
        // A store of MMX that faults has made x87's registers MMX's in some processors.
        let mayHaveTags = instruction.isMMX && !completed
        if mayHaveTags { decided |= X87Status.top }
        note("x87 status", UInt64(statusWord & ~decided), UInt64(native.statusWord & ~decided))
        if !mayHaveTags { note("x87 tags", UInt64(tags), UInt64(native.tags)) }
        for index in 0..<8 {
            let ours = SoftExtended(significand: significands[index], signAndExponent: exponents[index])
            let theirs = SoftExtended(
                significand: native.significands[index],
                signAndExponent: native.exponents[index]
            )
            let isNear =
                ours.isWithinOneUnit(of: theirs) || ours.underflowsBeside(theirs) || theirs.underflowsBeside(ours)
            if isApproximate, isNear { continue }
            note("x87 register \(index)", ours.significand, theirs.significand)
            note("x87 exponent \(index)", UInt64(ours.signAndExponent), UInt64(theirs.signAndExponent))
        }
        // AMD's processors have these always, but a state has them only while an exception is pending.
        guard completed, NativeCode.quirks.contains(.pointersOfErrors) else { return }
        if isApproximate, (statusWord ^ native.statusWord) & X87Status.summary != 0 { return }
        note("x87 opcode", UInt64(lastOpcode), UInt64(native.lastOpcode))
        note("x87 IP", lastIP & 0xFFFF_FFFF, native.lastIP)
        note("x87 address", lastData & 0xFFFF_FFFF, native.lastData)
    }
}

extension SoftExtended {
    /// Whether this is the number below the smallest normal one, with the exponent that it has where underflow is not masked, and the
    /// other is that one.
    fileprivate func underflowsBeside(_ other: SoftExtended) -> Bool {
        significand == ~0 && field == 24576 && other.significand == 1 << 63 && other.field == 1
    }
}
