public import Engine
public import TraceFormat

extension Timeline where P: EngineProcessor & ~Copyable {
    /// A timeline on a processor of this engine, which stands nowhere yet.
    ///
    /// - Throws: `.replay(.engine(.hostDiffers))` where this host cannot show the guest the recorded processor.
    public init(_ reader: TraceReader) throws(TimelineError) {
        do { self.init(try ReplaySession(reader)) } catch { throw .replay(error) }
    }
}
