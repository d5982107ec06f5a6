public import Engine
public import Testing

/// One thing that every engine does, and the check for it.
///
/// The type's name says what it is. Each check makes its own machine, so that all can run side by side.
public protocol EngineBehaviour: CustomTestStringConvertible, Sendable {
    /// Records an issue if processors of this kind behave differently.
    ///
    /// - Throws: ``HostLack`` if the processor says that this host cannot do what the check needs. Any other error is
    ///   an issue too.
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws
}

extension EngineBehaviour {
    /// The type's name.
    public var testDescription: String { "\(Self.self)" }
}

/// Everything that every engine does.
public enum EngineBehaviours {
    /// Each topic's list is at the top of its file in `Behaviours`.
    public static let all: [any EngineBehaviour] =
        portAccesses + strings + memoryAccesses + modelSpecificRegisters + taskPriority + hiddenReads
        + stops + interrupts + shadows + nonMaskableInterrupts
        + stateRoundTrips + canonicalStates + dirtyPages + captures + addressLine20
        + stepping + breakpoints + counting
}
