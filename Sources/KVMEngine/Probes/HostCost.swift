internal import Engine

/// What is measured on a host.
public enum HostCost: String, CaseIterable, Codable, CodingKeyRepresentable, Hashable, Sendable {
    /// From one OUT exit to the next.
    case portExit
    /// `KVM_GET_REGS`.
    case getRegisters
    /// A `KVM_RUN` that returns at once.
    case immediateExit
    /// A single step at ring 0.
    case singleStep
    /// A hardware breakpoint hit at ring 0, with a step over it.
    case breakpoint
    /// From the kick of a guest until it stops.
    case kick

    /// A heading for a row.
    public var title: String {
        switch self {
        case .portExit: "port exit"
        case .getRegisters: "KVM_GET_REGS"
        case .immediateExit: "immediate exit"
        case .singleStep: "single step"
        case .breakpoint: "breakpoint and step over it"
        case .kick: "kick"
        }
    }
}
