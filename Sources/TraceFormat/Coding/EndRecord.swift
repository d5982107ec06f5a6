import ByteCoding

/// The bytes of an end event: how the recording ended, which instructions were completed for its host until then, and which leaves
/// of CPUID the guest had read.
struct EndRecord {
    var outcome: Outcome
    /// See ``TraceReader/completedInstructions``.
    var completedInstructions: [String: UInt64] = [:]
    /// See ``TraceReader/readLeaves``.
    var readLeaves: Set<UInt32>?

    /// The outcome, followed by the counts by name and the leaves, if there are any.
    var encoded: [UInt8] {
        var writer = ByteWriter()
        outcome.encode(to: &writer)
        guard !completedInstructions.isEmpty || readLeaves != nil else { return writer.bytes }
        precondition(completedInstructions.count <= Limits.completedInstructions)
        writer.writeVarint(UInt64(completedInstructions.count))
        for (name, count) in completedInstructions.sorted(by: { $0.key < $1.key }) {
            precondition(Self.isName(name) && count > 0, "no reader would accept this")
            writer.write(text: name)
            writer.writeVarint(count)
        }
        guard let readLeaves else { return writer.bytes }
        precondition(readLeaves.count <= Limits.readLeaves)
        writer.writeVarint(UInt64(readLeaves.count))
        for leaf in readLeaves.sorted() { writer.write(leaf) }
        return writer.bytes
    }

    /// Reads what ``encoded`` gives, and refuses everything else.
    init(decoding bytes: RawSpan) throws(ByteCodingError) {
        var cursor = ByteCursor(bytes)
        outcome = try Outcome(from: &cursor)
        completedInstructions = cursor.remaining > 0 ? try Self.counts(from: &cursor) : [:]
        readLeaves = cursor.remaining > 0 ? try Self.leaves(from: &cursor) : nil
        try cursor.expectEnd()
    }

    init(outcome: Outcome, completedInstructions: [String: UInt64] = [:], readLeaves: Set<UInt32>? = nil) {
        self.outcome = outcome
        self.completedInstructions = completedInstructions
        self.readLeaves = readLeaves
    }

    private static func leaves(from cursor: inout ByteCursor) throws(ByteCodingError) -> Set<UInt32> {
        var leaves: Set<UInt32> = []
        var next: UInt64 = 0
        for _ in 0..<(try cursor.readCount(limit: Limits.readLeaves)) {
            let leaf: UInt32 = try cursor.read()
            guard UInt64(leaf) >= next else { throw .invalidValue(field: "leaf of CPUID", value: UInt64(leaf)) }
            leaves.insert(leaf)
            next = UInt64(leaf) + 1
        }
        return leaves
    }

    private static func counts(from cursor: inout ByteCursor) throws(ByteCodingError) -> [String: UInt64] {
        let number = try cursor.readCount(limit: Limits.completedInstructions)
        // Without any, leaves follow.
        guard number > 0 || cursor.remaining > 0 else {
            throw .invalidValue(field: "number of completed instructions", value: 0)
        }
        var counts: [String: UInt64] = [:]
        var previous = ""
        for place in 0..<number {
            let name = try cursor.readString(limit: Limits.completedNameBytes)
            let count = try cursor.readVarint()
            guard isName(name), name > previous else {
                throw .invalidValue(field: "name of a completed instruction", value: UInt64(place))
            }
            guard count > 0 else { throw .invalidValue(field: "count of a completed instruction", value: 0) }
            counts[name] = count
            previous = name
        }
        return counts
    }

    /// Names consist of lower-case letters and digits, because they are printed and sorted unchanged.
    private static func isName(_ text: String) -> Bool {
        (1...Limits.completedNameBytes).contains(text.utf8.count)
            && text.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || isDigit($0) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
