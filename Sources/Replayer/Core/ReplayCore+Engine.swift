internal import Engine
internal import RecordedMachine
internal import TraceFormat
internal import X86

extension ReplayCore where P: EngineProcessor & ~Copyable {
    /// Creates a replay on a processor of this engine, with the memory and the processor that the trace names.
    ///
    /// - Throws: `.trace(.noState)` if the trace has no state to begin with; `.engine(.hostDiffers)` if this host
    ///   cannot show the recorded processor to the guest, by ``TraceReader/obstacles(among:)``.
    init(_ reader: TraceReader) throws(ReplayError) {
        let state: ProcessorState
        do { state = try reader.firstKeyframe().state } catch { throw .trace(error) }
        do throws(EngineError) {
            let processor = try P.make(
                recordedIn: reader.header,
                keeping: state,
                obstacles: reader.obstacles
            )
            self.init(reader, processor: processor)
        } catch {
            throw .engine(error)
        }
    }
}
