public import Engine
internal import RecordedMachine
public import TraceFormat
internal import X86

extension ReplaySession where P: EngineProcessor & ~Copyable {
    /// A session on a processor of this engine, with the memory and the processor that the trace names.
    ///
    /// - Throws: `.trace(.noState)` where the trace has no state to begin with; `.engine(.hostDiffers)` where this host cannot
    ///   show the guest the recorded processor, unless ``TraceReader/allowsOtherCPUID``: the report says then what differs.
    public init(_ reader: TraceReader, landing: Landing = .auto) throws(ReplayError) {
        let state: ProcessorState
        do { state = try reader.firstKeyframe().state } catch { throw .trace(error) }
        let processor: P
        do throws(EngineError) {
            processor = try P.make(
                recordedIn: reader.header,
                keeping: state,
                allowsOtherCPUID: reader.allowsOtherCPUID
            )
        } catch {
            throw .engine(error)
        }
        let differences = processor.differences(from: reader.header.processor)
        self.init(reader, processor: processor, landing: landing)
        report.remarks = differences.map(\.explanation)
    }
}
