internal import Engine

/// What a host has or lacks, in any mode.
public enum HostFeature: String, CaseIterable, Codable, CodingKeyRepresentable, Hashable, Sendable {
    /// SYSCALL takes the guest from ring 3 to ring 0.
    case systemCall
    /// An I/O privilege level of 3 opens ports to ring 3.
    case privilegedPorts
    /// The guest can enable 32-bit paging.
    case paging32
    /// The guest can enable PAE paging outside long mode.
    case pagingPAE
    /// RDMSR of a register that the filter denies exits.
    case trappedMSR
    /// perf counts the branches that a guest retires.
    case branchCounter
    /// The guest's time-stamp counter can be given its own rate.
    case timeStampCounterScaling

    /// A heading for a row.
    public var title: String {
        switch self {
        case .systemCall: "SYSCALL from ring 3"
        case .privilegedPorts: "ports by IOPL in ring 3"
        case .paging32: "32-bit paging"
        case .pagingPAE: "PAE paging"
        case .trappedMSR: "RDMSR traps"
        case .branchCounter: "branch counter"
        case .timeStampCounterScaling: "TSC scaling"
        }
    }
}
