import ByteCoding
import X86

extension TraceReader {
    /// The index entry of a keyframe.
    ///
    /// - Throws: `.noSuchKeyframe`, or what reading can throw.
    public func keyframeEntry(_ number: Int) throws(TraceError) -> KeyframeEntry {
        let entry = try indexEntry(number)
        return KeyframeEntry(
            number: UInt32(number),
            event: entry.event,
            position: entry.kind,
            digest: entry.digest
        )
    }

    /// All keyframes, by number.
    public var keyframes: [KeyframeEntry] {
        get throws(TraceError) {
            var entries: [KeyframeEntry] = []
            for number in 0..<keyframeCount { entries.append(try keyframeEntry(number)) }
            return entries
        }
    }

    /// The number of the last keyframe whose event is at or before `event`; nil if there is none.
    public func keyframe(atOrBefore event: EventOrdinal) throws(TraceError) -> Int? {
        var (low, high) = (0, keyframeCount)
        while low < high {
            let middle = (low + high) / 2
            if try indexEntry(middle).event <= event { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? low - 1 : nil
    }

    /// Reads the first keyframe, where a replay begins.
    ///
    /// - Throws: `.noState`, or the fault that prevents it; what reading can throw.
    public func firstKeyframe() throws(TraceError) -> Keyframe {
        guard keyframeCount > 0 else { throw fault ?? .noState(path: path) }
        return try keyframe(0)
    }

    /// Reads a keyframe. The pages of its memory are read later, one by one.
    ///
    /// - Throws: `.noSuchKeyframe`, or what reading can throw.
    public func keyframe(_ number: Int) throws(TraceError) -> Keyframe {
        let entry = try indexEntry(number)
        let record = try keyframeRecord(number)
        var tables = [KeyframeMemory.KeyframeTables(number: record.number, parts: record.tables)]
        var rest = number
        while rest > 0 {
            rest &= rest - 1
            tables.append(KeyframeMemory.KeyframeTables(number: UInt32(rest), parts: try keyframeRecord(rest).tables))
        }
        var memory = KeyframeMemory(self, keyframes: tables)
        let state = try encodedState(of: record)
        let decoded: ProcessorState
        do throws(ByteCodingError) {
            var cursor = ByteCursor(state.rawSpan)
            decoded = try ProcessorState(from: &cursor)
            try cursor.expectEnd()
        } catch {
            throw .corrupt(path: path, chunk: ChunkType.keyframe.name, offset: entry.position, why: error.description)
        }
        guard Digest128(hashing: state.rawSpan) == record.digest.processor else {
            throw corrupt(keyframe: number, why: "its processor state does not match its digest")
        }
        let changedPages = try memory.changedPages()
        guard changedPages.count == record.changedPages else {
            let why = "it counts \(record.changedPages) changed pages, but its page table lists \(changedPages.count)"
            throw corrupt(keyframe: number, why: why)
        }
        return Keyframe(
            number: record.number,
            event: entry.event,
            position: record.position,
            state: decoded,
            digest: record.digest,
            changedPages: changedPages,
            memory: memory
        )
    }

    /// The canonical encoding of a keyframe's processor state.
    private func encodedState(of record: KeyframeRecord) throws(TraceError) -> [UInt8] {
        guard record.stateBase > 0 else { return record.state }
        let base = try keyframeRecord(Int(record.number - record.stateBase))
        guard base.stateBase == 0 else {
            throw corrupt(keyframe: Int(base.number), why: "its state is not whole")
        }
        return KeyframeRecord.difference(record.state, from: base.state)
    }

    func keyframeRecord(_ number: Int) throws(TraceError) -> KeyframeRecord {
        let entry = try indexEntry(number)
        let (header, payload) = try file.chunk(.keyframe, at: entry.position)
        let record = try file.decode(header) { () throws(ByteCodingError) in
            try KeyframeRecord(payload.rawSpan, at: header.position)
        }
        guard record.number == UInt32(number), record.digest == entry.digest, header.firstEvent == entry.event,
            record.position == entry.kind
        else {
            throw file.corrupt(header, why: "the index describes another keyframe")
        }
        // Every keyframe has its own page table: no chunk serves as the table of two.
        let previous = number > 0 ? try indexEntry(number - 1).position : 0
        guard record.tables.first?.position ?? .max > previous else {
            let why = "its page table is before the previous keyframe"
            throw .corrupt(path: path, chunk: header.type.name, offset: header.position, why: why)
        }
        return record
    }

    /// The error for a bad keyframe of the trace.
    func corrupt(keyframe number: Int, why: String) -> TraceError {
        let position = (try? indexEntry(number).position) ?? byteCount
        return .corrupt(path: path, chunk: ChunkType.keyframe.name, offset: position, why: why)
    }

    private func indexEntry(_ number: Int) throws(TraceError) -> KeyframeIndexEntry {
        guard number >= 0, number < keyframeCount else {
            throw .noSuchKeyframe(UInt64(max(number, 0)), count: UInt64(keyframeCount))
        }
        return try index.keyframe(UInt64(number))
    }
}
