public import Engine

/// A task that can run on any engine. ``EngineChoice/perform(_:)`` runs it.
///
/// It is a type with a generic method, and not a closure. The compiler can therefore make one copy of the work for each
/// engine, with direct calls to the processor.
public protocol EngineTask {
    /// The result of the task.
    associatedtype Output
    /// The error that the task can throw.
    associatedtype Failure: Error

    /// Performs the task with processors of the given type.
    func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws(Failure) -> Output
}
