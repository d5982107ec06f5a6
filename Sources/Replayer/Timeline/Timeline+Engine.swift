public import Engine
public import TraceFormat

extension Timeline where P: EngineProcessor & ~Copyable {
    /// Creates a timeline on a processor of this engine. It does not stand at any moment yet.
    ///
    /// - Throws: `.replay(.engine(.hostDiffers))` if this host cannot show the recorded processor to the guest.
    public init(_ reader: TraceReader) throws(TimelineError) {
        do { self.init(try ReplaySession(reader)) } catch { throw .replay(error) }
    }
}
