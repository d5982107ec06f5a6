internal import CZydis

/// Conversions between XMM and MMX registers: CVTPI2PS, CVTPS2PI, CVTTPD2PI and their kin.
enum HalfConversions: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        enter(
            &table,
            ZYDIS_MNEMONIC_CVTPI2PS,
            { fromHalf($0, $1) { PackedConversion.cvtpi2ps($0, $1, &$3) } },
            { computeLoaded($0, $1, UInt64.self) { PackedConversion.cvtpi2ps($0, $1, &$3) } }
        )
        enter(
            &table,
            ZYDIS_MNEMONIC_CVTPI2PD,
            { fromHalf($0, $1) { PackedConversion.cvtdq2pd($1, &$3) } },
            { computeLoaded($0, $1, UInt64.self) { PackedConversion.cvtdq2pd($1, &$3) } }
        )
        enter(
            &table,
            ZYDIS_MNEMONIC_CVTPS2PI,
            { toHalf($0, $1) { PackedConversion.integers($1, &$3, ofSingles: 2) } },
            { toHalfLoaded($0, $1, UInt64.self) { PackedConversion.integers($1, &$3, ofSingles: 2) } }
        )
        enter(
            &table,
            ZYDIS_MNEMONIC_CVTTPS2PI,
            { toHalf($0, $1) { PackedConversion.integers($1, &$3, ofSingles: 2, isTruncating: true) } },
            {
                toHalfLoaded($0, $1, UInt64.self) {
                    PackedConversion.integers($1, &$3, ofSingles: 2, isTruncating: true)
                }
            }
        )
        enter(
            &table,
            ZYDIS_MNEMONIC_CVTPD2PI,
            { toHalf($0, $1) { PackedConversion.integersOfDoubles($1, &$3) } },
            { toHalfLoaded($0, $1, Vector128.self) { PackedConversion.integersOfDoubles($1, &$3) } }
        )
        enter(
            &table,
            ZYDIS_MNEMONIC_CVTTPD2PI,
            { toHalf($0, $1) { PackedConversion.integersOfDoubles($1, &$3, isTruncating: true) } },
            {
                toHalfLoaded($0, $1, Vector128.self) {
                    PackedConversion.integersOfDoubles($1, &$3, isTruncating: true)
                }
            }
        )
    }

    /// They are instructions of SSE whatever their operands are.
    private static func enter(
        _ table: inout InstructionTable,
        _ mnemonic: ZydisMnemonic,
        _ register: @escaping Handler,
        _ memory: @escaping Handler
    ) {
        let forms = VectorForms(register: register, memory: memory)
        table[mnemonic] = { builder in
            builder.requireSSE()
            builder.waitBeforeAddress()
            builder.emitOperands(forms)
        }
    }
}

extension CPU {
    /// As ``computeWhole(_:_:_:)``, with an MMX register as destination.
    @inline(never)
    fileprivate func computeHalf(
        _ operation: Operation,
        _ right: Vector128,
        _ function: (Vector128, Vector128, UInt8, inout FloatEnvironment) -> Vector128
    ) -> Bool {
        var environment = FloatEnvironment(mxcsr: state.vector.mxcsr)
        let result = function(Vector128(), right, 0, &environment)
        guard accept(environment) else { return false }
        setMMX(operation.destination, result.low)
        return true
    }
}

@inline(__always)
private func fromHalf(
    _ state: UInt,
    _ operation: UInt,
    _ function: (Vector128, Vector128, UInt8, inout FloatEnvironment) -> Vector128
) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    guard !cpu.mustWaitForX87 else { return raisePending(cpu, operation) }
    cpu.enterMMX()
    let right = Vector128(low: cpu.mmx(operation.source))
    guard cpu.computeWhole(operation, right, function) else { return raiseFloat(cpu, operation) }
    next(cpu, operation)
}

@inline(__always)
private func toHalf(
    _ state: UInt,
    _ operation: UInt,
    _ function: (Vector128, Vector128, UInt8, inout FloatEnvironment) -> Vector128
) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    guard !cpu.mustWaitForX87 else { return raisePending(cpu, operation) }
    cpu.enterMMX()
    guard cpu.computeHalf(operation, cpu.xmm(operation.source), function) else { return raiseFloat(cpu, operation) }
    next(cpu, operation)
}

/// The source is in memory: 16 bytes, which must be aligned, or 8.
@inline(__always)
private func toHalfLoaded<T: HalfSource>(
    _ state: UInt,
    _ operation: UInt,
    _: T.Type,
    _ function: (Vector128, Vector128, UInt8, inout FloatEnvironment) -> Vector128
) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    guard !cpu.mustWaitForX87 else { return raisePending(cpu, operation) }
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard address & T.alignmentMask == 0 || cpu.allowsMisalignedVectors else { return raiseMisaligned(cpu, operation) }
    guard entry.allowsRead(address, T.self) else { return miss(cpu, operation) }
    cpu.enterMMX()
    let right = entry.load(address, T.self).widened
    guard cpu.computeHalf(operation, right, function) else { return raiseFloat(cpu, operation) }
    next(cpu, operation)
}

/// What conversions into MMX registers find in memory.
private protocol HalfSource: BitwiseCopyable {
    static var alignmentMask: UInt64 { get }
    var widened: Vector128 { get }
}

extension UInt64: HalfSource {
    static var alignmentMask: UInt64 { @inline(__always) get { 0 } }
    var widened: Vector128 { @inline(__always) get { Vector128(low: self) } }
}

extension Vector128: HalfSource {
    static var alignmentMask: UInt64 { @inline(__always) get { 15 } }
    var widened: Vector128 { @inline(__always) get { self } }
}
