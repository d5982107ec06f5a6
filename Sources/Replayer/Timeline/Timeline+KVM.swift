internal import Engine
public import KVMEngine
public import TraceFormat

extension Timeline where P == KVMProcessor {
    /// A timeline on this host's KVM, which stands nowhere yet.
    ///
    /// - Throws: `.replay(.engine(.hostDiffers))` where this host cannot show the guest the recorded processor.
    public init(_ reader: TraceReader) throws(TimelineError) {
        do { self.init(try ReplaySession(reader)) } catch { throw .replay(error) }
    }
}
