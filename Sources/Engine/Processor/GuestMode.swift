public import X86

/// The execution modes in which hosts differ.
public enum GuestMode: String, CaseIterable, Codable, CodingKeyRepresentable, Hashable, Sendable {
    /// Real-address mode.
    case real
    /// Protected mode without paging, 32-bit code, ring 0.
    case protected32
    /// Long mode, 64-bit code, ring 0.
    case ring0
    /// Long mode, 64-bit code, ring 3.
    case ring3

    /// The mode as a heading.
    public var title: String {
        switch self {
        case .real: "real mode"
        case .protected32: "32-bit"
        case .ring0: "ring 0"
        case .ring3: "ring 3"
        }
    }
}

extension GuestMode {
    /// The mode of a processor's state. Ring 3 counts as such in every mode, and rings 1 and 2 count as ring 0.
    public init(_ state: ProcessorState) {
        if state.mode == .real {
            self = .real
        } else if state.privilegeLevel == 3 {
            self = .ring3
        } else {
            self = state.isLongModeActive ? .ring0 : .protected32
        }
    }
}
