/// An instruction that reads something that a guest cannot compute, a time counter or randomness, without an exit.
///
/// Numbered as in a trace.
public enum HiddenInstruction: UInt8, CaseIterable, Hashable, Sendable {
    /// Time-stamp counter into EDX:EAX.
    case rdtsc = 0
    /// Time-stamp counter into EDX:EAX, TSC_AUX into ECX.
    case rdtscp = 1
    /// Random number into a register, success into the carry flag.
    case rdrand = 2
    /// Random seed into a register, success into the carry flag.
    case rdseed = 3
    /// Performance counter into EDX:EAX.
    case rdpmc = 4
    /// TSC_AUX into a register.
    case rdpid = 5

    /// The mnemonic in lower case: its name in JSON and in descriptions of events.
    public var name: String {
        switch self {
        case .rdtsc: "rdtsc"
        case .rdtscp: "rdtscp"
        case .rdrand: "rdrand"
        case .rdseed: "rdseed"
        case .rdpmc: "rdpmc"
        case .rdpid: "rdpid"
        }
    }
}
