public import Engine
internal import RecordedMachine
public import TraceFormat

extension ReplaySession where P: EngineProcessor & ~Copyable {
    /// A session on a processor of this engine, with the memory and the processor that the trace names.
    ///
    /// - Throws: `.trace(.noState)` where the trace has no state to begin with; `.engine(.hostDiffers)` where this host cannot
    ///   show the guest the recorded processor, unless ``TraceReader/allowsOtherCPUID``: the report says then what differs.
    public init(_ reader: TraceReader, landing: Landing = .auto) throws(ReplayError) {
        let core = try ReplayCore<P>(reader)
        let differences = core.processor.differences(from: reader.header.processor)
        self.init(core, landing: landing)
        found.remarks = differences.map(\.explanation)
    }
}
