internal import CZydis

/// Writes the operations of one instruction.
typealias Emitter = @Sendable (inout BlockBuilder) -> Void

/// Instructions that belong together: what a file of `Instructions` adds to the table.
protocol InstructionFamily: Sendable {
    /// Enters the family's instructions.
    static func register(in table: inout InstructionTable)
}

/// What each of Zydis's mnemonics becomes. An instruction that is not in it raises #UD.
struct InstructionTable: Sendable {
    private var emitters = [Emitter?](repeating: nil, count: Int(ZYDIS_MNEMONIC_MAX_VALUE.rawValue) + 1)

    subscript(mnemonic: ZydisMnemonic) -> Emitter? {
        get { emitters[Int(mnemonic.rawValue)] }
        set { emitters[Int(mnemonic.rawValue)] = newValue }
    }

    /// All mnemonics that are in it.
    var mnemonics: [ZydisMnemonic] {
        emitters.indices.filter { emitters[$0] != nil }.map { ZydisMnemonic(rawValue: UInt32($0)) }
    }

    /// All families, each from its own file.
    static let families: [any InstructionFamily.Type] = [
        BinaryArithmetic.self, UnaryArithmetic.self, Moves.self, Stack.self, Branches.self, Conditional.self,
        Shifts.self, DoubleShifts.self, Multiplication.self, BitInstructions.self, Exchanges.self,
        Decimal.self, FlagInstructions.self, Strings.self, Ports.self, SegmentMoves.self, FarTransfers.self,
        SystemCalls.self, ControlRegisters.self, DescriptorInstructions.self, ModelSpecificRegisters.self,
        Miscellaneous.self, Monitoring.self, VectorMoves.self, VectorLanes.self, PackedArithmetic.self,
        PackedComparisons.self,
        PackedShuffles.self, PackedExtensions.self, PackedShifts.self, Ciphers.self,
        FloatArithmetic.self, FloatReductions.self, FloatConversions.self, StringComparisons.self, MediaState.self,
        X87Arithmetic.self, X87Comparisons.self, X87Loads.self, X87Stores.self, X87Registers.self,
        X87Functions.self, X87Control.self, X87Environment.self,
    ]

    /// The table with all families in it.
    static let standard: InstructionTable = {
        var table = InstructionTable()
        for family in families { family.register(in: &table) }
        return table
    }()
}

/// Raises #UD.
let invalidOpcodeHandler: Handler = { raise(CPU($0), Operation($1), .invalidOpcode) }
/// Raises #GP(0).
let protectionHandler: Handler = { raise(CPU($0), Operation($1), .protection()) }
/// Leaves at the end of a block that was cut short.
let fallThroughHandler: Handler = { state, operation in
    let cpu = CPU(state)
    let operation = Operation(operation)
    cpu.state.blockIP = cpu.ipBehind(operation)
    follow(cpu, operation.following.address)
}
