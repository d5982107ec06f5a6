public import Engine
public import Testing

/// One thing that every engine does, and how that is checked.
///
/// A type's name says what it is. The check makes its own machine, so that all run side by side.
public protocol EngineBehaviour: CustomTestStringConvertible, Sendable {
    /// Records an issue where processors of this kind do something else.
    ///
    /// - Throws: ``HostLack`` where this host cannot do what is to be checked, by the processor's own answer; any other error is
    ///   an issue too.
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws
}

extension EngineBehaviour {
    /// The type's name.
    public var testDescription: String { "\(Self.self)" }
}

/// All that every engine does.
public enum EngineBehaviours {
    /// Each topic's list stands at the top of its file in `Behaviours`.
    public static let all: [any EngineBehaviour] =
        portAccesses + strings + memoryAccesses + modelSpecificRegisters + taskPriority + hiddenReads
        + stops + interrupts + shadows + nonMaskableInterrupts
        + stateRoundTrips + canonicalStates + dirtyPages + captures + addressLine20
        + stepping + breakpoints
}
