public import Engine

/// What is done on whichever engine is chosen; ``EngineChoice/perform(_:)`` does it.
///
/// It is a type with a generic method, and no closure, so that the compiler makes one copy of the work for each engine, whose
/// calls to the processor are direct.
public protocol EngineTask {
    /// What comes of it.
    associatedtype Output
    /// How it fails.
    associatedtype Failure: Error

    /// Does it with processors of this kind.
    func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws(Failure) -> Output
}
