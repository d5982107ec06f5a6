internal import CZydis

/// Floating-point instructions whose lanes cross, those that estimate, and those whose result is flags.
enum FloatReductions: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        registerHorizontal(in: &table)
        table.enter(
            ZYDIS_MNEMONIC_RCPPS,
            { estimate($0, $1, PackedFloat.rcpps) },
            { estimateLoaded($0, $1, PackedFloat.rcpps) }
        )
        table.enter(
            ZYDIS_MNEMONIC_RSQRTPS,
            { estimate($0, $1, PackedFloat.rsqrtps) },
            { estimateLoaded($0, $1, PackedFloat.rsqrtps) }
        )
        table.enter(
            ZYDIS_MNEMONIC_RCPSS,
            { estimate($0, $1, PackedFloat.rcpss) },
            { estimateLoaded($0, $1, UInt32.self, PackedFloat.rcpss) }
        )
        table.enter(
            ZYDIS_MNEMONIC_RSQRTSS,
            { estimate($0, $1, PackedFloat.rsqrtss) },
            { estimateLoaded($0, $1, UInt32.self, PackedFloat.rsqrtss) }
        )
        table.enter(
            ZYDIS_MNEMONIC_COMISS,
            { compareScalars($0, $1, SoftSingle.self, isSignalling: true) },
            { compareScalarLoaded($0, $1, SoftSingle.self, isSignalling: true) }
        )
        table.enter(
            ZYDIS_MNEMONIC_UCOMISS,
            { compareScalars($0, $1, SoftSingle.self, isSignalling: false) },
            { compareScalarLoaded($0, $1, SoftSingle.self, isSignalling: false) }
        )
        table.enter(
            ZYDIS_MNEMONIC_COMISD,
            { compareScalars($0, $1, SoftDouble.self, isSignalling: true) },
            { compareScalarLoaded($0, $1, SoftDouble.self, isSignalling: true) }
        )
        table.enter(
            ZYDIS_MNEMONIC_UCOMISD,
            { compareScalars($0, $1, SoftDouble.self, isSignalling: false) },
            { compareScalarLoaded($0, $1, SoftDouble.self, isSignalling: false) }
        )
    }

    private static func registerHorizontal(in table: inout InstructionTable) {
        table.enter(
            ZYDIS_MNEMONIC_ADDSUBPS,
            { compute($0, $1) { PackedFloat.addsub($0, $1, &$3, SoftSingle.self) } },
            { computeLoaded($0, $1) { PackedFloat.addsub($0, $1, &$3, SoftSingle.self) } }
        )
        table.enter(
            ZYDIS_MNEMONIC_ADDSUBPD,
            { compute($0, $1) { PackedFloat.addsub($0, $1, &$3, SoftDouble.self) } },
            { computeLoaded($0, $1) { PackedFloat.addsub($0, $1, &$3, SoftDouble.self) } }
        )
        table.enter(
            ZYDIS_MNEMONIC_HADDPS,
            { compute($0, $1) { PackedFloat.horizontal($0, $1, &$3, SoftSingle.sum) } },
            { computeLoaded($0, $1) { PackedFloat.horizontal($0, $1, &$3, SoftSingle.sum) } }
        )
        table.enter(
            ZYDIS_MNEMONIC_HADDPD,
            { compute($0, $1) { PackedFloat.horizontal($0, $1, &$3, SoftDouble.sum) } },
            { computeLoaded($0, $1) { PackedFloat.horizontal($0, $1, &$3, SoftDouble.sum) } }
        )
        table.enter(
            ZYDIS_MNEMONIC_HSUBPS,
            { compute($0, $1) { PackedFloat.horizontal($0, $1, &$3, SoftSingle.difference) } },
            { computeLoaded($0, $1) { PackedFloat.horizontal($0, $1, &$3, SoftSingle.difference) } }
        )
        table.enter(
            ZYDIS_MNEMONIC_HSUBPD,
            { compute($0, $1) { PackedFloat.horizontal($0, $1, &$3, SoftDouble.difference) } },
            { computeLoaded($0, $1) { PackedFloat.horizontal($0, $1, &$3, SoftDouble.difference) } }
        )
        table.enter(
            ZYDIS_MNEMONIC_DPPS,
            { compute($0, $1) { PackedFloat.dotProduct($0, $1, $2, &$3, SoftSingle.self) } },
            { computeLoaded($0, $1) { PackedFloat.dotProduct($0, $1, $2, &$3, SoftSingle.self) } }
        )
        table.enter(
            ZYDIS_MNEMONIC_DPPD,
            { compute($0, $1) { PackedFloat.dotProduct($0, $1, $2, &$3, SoftDouble.self) } },
            { computeLoaded($0, $1) { PackedFloat.dotProduct($0, $1, $2, &$3, SoftDouble.self) } }
        )
    }
}

/// Estimates differ from one line of processors to the next.
@inline(__always)
private func estimate(_ state: UInt, _ operation: UInt, _ function: (Vector128, Vector128, Quirks) -> Vector128) {
    let quirks = CPU(state).state.quirks
    combine(state, operation) { left, right, _ in function(left, right, quirks) }
}

@inline(__always)
private func estimateLoaded(_ state: UInt, _ operation: UInt, _ function: (Vector128, Vector128, Quirks) -> Vector128) {
    let quirks = CPU(state).state.quirks
    combineLoaded(state, operation) { left, right, _ in function(left, right, quirks) }
}

@inline(__always)
private func estimateLoaded<T: Word>(
    _ state: UInt,
    _ operation: UInt,
    _: T.Type,
    _ function: (Vector128, Vector128, Quirks) -> Vector128
) {
    let quirks = CPU(state).state.quirks
    combineLoaded(state, operation, T.self) { left, right, _ in function(left, right, quirks) }
}

extension CPU {
    /// Compares with the lowest lane of the destination, and sets ZF, PF and CF by the result and clears the others.
    @inline(never)
    fileprivate func compareScalar<F: LaneFormat>(_ operation: Operation, _ right: F, isSignalling: Bool) -> Bool {
        var environment = FloatEnvironment(mxcsr: state.vector.mxcsr)
        let left = F(bits: xmm(operation.destination, F.Bits.self))
        let relation = F.compare(left, right, isSignalling: isSignalling, &environment)
        guard accept(environment) else { return false }
        switch relation {
        case .greater: setArithmeticFlags(0)
        case .less: setArithmeticFlags(Flag.carry)
        case .equal: setArithmeticFlags(Flag.zero)
        case .unordered: setArithmeticFlags(Flag.zero | Flag.parity | Flag.carry)
        }
        return true
    }
}

@inline(__always)
private func compareScalars<F: LaneFormat>(_ state: UInt, _ operation: UInt, _: F.Type, isSignalling: Bool) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let right = F(bits: cpu.xmm(operation.source, F.Bits.self))
    guard cpu.compareScalar(operation, right, isSignalling: isSignalling) else { return raiseFloat(cpu, operation) }
    next(cpu, operation)
}

@inline(__always)
private func compareScalarLoaded<F: LaneFormat>(_ state: UInt, _ operation: UInt, _: F.Type, isSignalling: Bool) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsRead(address, F.Bits.self) else { return miss(cpu, operation) }
    let right = F(bits: entry.load(address))
    guard cpu.compareScalar(operation, right, isSignalling: isSignalling) else { return raiseFloat(cpu, operation) }
    next(cpu, operation)
}
