public import Engine
internal import RecordedMachine
public import TraceFormat

extension ReplaySession where P: EngineProcessor & ~Copyable {
    /// Creates a session on a processor of this engine, with the memory and the processor that the trace names.
    ///
    /// - Throws: `.trace(.noState)` if the trace has no state to begin with; `.engine(.hostDiffers)` if this host
    ///   cannot show the recorded processor to the guest, by ``TraceReader/obstacles(among:)``. The report says what else
    ///   differs.
    public init(_ reader: TraceReader, landing: Landing = .auto) throws(ReplayError) {
        let core = try ReplayCore<P>(reader)
        let differences = core.processor.differences(from: reader.header.processor)
        self.init(core, landing: landing, remarks: reader.remarks(on: differences))
    }
}
