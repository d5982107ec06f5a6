internal import Engine
internal import GuestMemory
internal import TraceFormat
internal import X86

extension ReplaySession where P: ~Copyable {
    /// The turns of a loop that are compared, to see what each changes.
    private static var comparedTurns: Int { 256 }

    /// The event of the trace's last keyframe, if the guest does nothing more that the trace knows of: what follows are states,
    /// and the end that somebody outside asked for, or that the trace has lost.
    func lastStateOfStoppedRun() throws -> EventOrdinal? {
        switch reader.outcome {
        case nil, .stopped: break
        default: return nil
        }
        var ahead = cursor
        while let recorded = try ahead.next() {
            switch recorded.event {
            case .keyframe(_, .asynchronous), .keyframe(_, .synchronous), .end: continue
            default: return nil
            }
        }
        return try reader.keyframeEntry(reader.keyframeCount - 1).event
    }

    /// Whether the guest goes round a loop through a keyframe's instruction, and could be in the keyframe's state at another
    /// turn: every register and every word of memory that is not the keyframe's changes from turn to turn.
    mutating func isInLoop(_ keyframe: Keyframe, _ recorded: RecordedEvent) throws -> Bool {
        guard case .there = try search(keyframe, recorded, until: { _, looks in looks == 1 }) else { return false }
        _ = try capture()
        let pages = try pages(thatDifferFrom: keyframe)
        guard pages.count <= Self.mostComparedPages else { return false }
        var words = try pages.map { page in
            ChangingWords(try processor.memory.read(at: page, count: GuestMemory.pageSize))
        }
        var previous = try processor.state()
        var changing: Set<String> = []
        let end = try search(keyframe, recorded) { session, looks in
            let present = try session.processor.state()
            changing.formUnion(previous.differences(to: present).map(\.field))
            previous = present
            for (index, page) in pages.enumerated() {
                words[index].compare(try session.processor.memory.read(at: page, count: GuestMemory.pageSize))
            }
            return looks == Self.comparedTurns
        }
        guard case .there = end else { return false }
        _ = try capture()
        var memory = keyframe.memory
        guard changing.isSuperset(of: keyframe.state.differences(to: previous).map(\.field)),
            (keyframe.state.rflags ^ previous.rflags) & ~Self.arithmeticFlags == 0,
            try Set(pages).isSuperset(of: self.pages(thatDifferFrom: keyframe))
        else { return false }
        return try zip(pages, words).allSatisfy { page, words in words.explain(try memory.page(at: page)) }
    }

    /// CF, PF, AF, ZF, SF and OF: a loop changes no other flag.
    private static var arithmeticFlags: UInt64 { 0x8D5 }
    /// The pages that a loop may write.
    private static var mostComparedPages: Int { 16 }
}

/// A page as it was last, and which of its words of 8 bytes have changed: a loop that counts in memory changes the low bytes of a
/// word often, and the high ones hardly ever.
private struct ChangingWords {
    private var bytes: [UInt8]
    private var changed: Set<Int> = []

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Compares the next version.
    mutating func compare(_ next: [UInt8]) {
        guard next != bytes else { return }
        for index in next.indices where next[index] != bytes[index] { changed.insert(index / 8) }
        bytes = next
    }

    /// Whether a version differs from the last in nothing but words that have changed.
    func explain(_ other: [UInt8]) -> Bool {
        other.indices.allSatisfy { other[$0] == bytes[$0] || changed.contains($0 / 8) }
    }
}
