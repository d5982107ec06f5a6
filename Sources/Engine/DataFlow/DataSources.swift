/// What a byte that an instruction has written was made of.
public struct DataSources: Hashable, Sendable {
    /// A source that is no byte of the machine.
    public enum Constant: Hashable, Sendable {
        /// The instruction has it in its code, or always gives the same.
        case code
        /// The instruction clears the byte beside its result: the upper half of a register behind an operand of 32 bits, or a
        /// vector register's rest.
        case zeroed
        /// The address of an instruction.
        case position
        /// Something from outside: a port, a time counter, a random number.
        case input
        /// The processor itself, or a register of the system that is not followed.
        case processor
    }

    /// The bytes from which it was made, as they were before the instruction.
    public var bytes: Set<DataByte> = []
    /// What has only selected these: registers of addresses from which memory was read, and the flags of a conditional move.
    public var selectors: Set<DataByte> = []
    /// Where it comes from apart from these.
    public var constants: Set<Constant> = []

    /// Nothing yet.
    public init() {}

    init(_ constant: Constant) { constants = [constant] }

    init(_ bytes: some Sequence<DataByte>) { self.bytes = Set(bytes) }

    /// Adds what another one has.
    public mutating func form(union other: Self) {
        bytes.formUnion(other.bytes)
        selectors.formUnion(other.selectors)
        constants.formUnion(other.constants)
    }

    func union(_ other: Self) -> Self {
        var result = self
        result.form(union: other)
        return result
    }
}
