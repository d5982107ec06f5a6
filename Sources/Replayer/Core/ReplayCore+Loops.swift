internal import Engine
internal import GuestMemory
internal import TraceFormat
internal import X86

extension ReplayCore where P: ~Copyable {
    /// How many turns of a loop are compared to see what each of them changes.
    private static var comparedTurns: Int { 256 }

    /// Whether the guest is in a loop through a keyframe's instruction and could be in the keyframe's state at another
    /// turn. This is the case if every register and every word of memory that differs from the keyframe's changes from
    /// turn to turn.
    mutating func isInLoop(_ keyframe: Keyframe, _ recorded: RecordedEvent) throws(ReplayStop) -> Bool {
        let first = try search(keyframe, recorded) { _, looks throws(ReplayStop) in looks == 1 }
        guard case .there = first else { return false }
        _ = try capture()
        let pages = try known.pages(of: processor.memory, thatDifferFrom: keyframe)
        guard pages.count <= Self.mostComparedPages else { return false }
        var words: [ChangingWords] = []
        for address in pages { words.append(ChangingWords(try page(at: address, recorded))) }
        var previous = try onEngine(processor.state())
        var changing: Set<String> = []
        let end = try search(keyframe, recorded) { core, looks throws(ReplayStop) in
            let present = try onEngine(core.processor.state())
            changing.formUnion(previous.differences(to: present).map(\.field))
            previous = present
            for (index, address) in pages.enumerated() {
                words[index].compare(try core.page(at: address, recorded))
            }
            return looks == Self.comparedTurns
        }
        guard case .there = end else { return false }
        _ = try capture()
        let differing = try known.pages(of: processor.memory, thatDifferFrom: keyframe)
        guard changing.isSuperset(of: keyframe.state.differences(to: previous).map(\.field)),
            (keyframe.state.rflags ^ previous.rflags) & ~Self.arithmeticFlags == 0,
            Set(pages).isSuperset(of: differing)
        else { return false }
        var memory = keyframe.memory
        for (address, words) in zip(pages, words) {
            guard words.explain(try onTrace(memory.page(at: address))) else { return false }
        }
        return true
    }

    /// CF, PF, AF, ZF, SF and OF. A loop may change no other flag.
    private static var arithmeticFlags: UInt64 { 0x8D5 }
    /// How many pages a loop may write.
    private static var mostComparedPages: Int { 16 }
}

/// The last version of a page, and which of its 8-byte words have changed. A loop that counts in memory often changes
/// the low bytes of a word, but hardly ever the high ones.
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

    /// Whether a version differs from the last one only in words that have changed before.
    func explain(_ other: [UInt8]) -> Bool {
        other.indices.allSatisfy { other[$0] == bytes[$0] || changed.contains($0 / 8) }
    }
}
