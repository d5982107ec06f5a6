import Engine
internal import GuestMemory

extension ELFFile {
    private static let loadable: UInt32 = 1
    static let executableSegment: UInt32 = 1
    static let writableSegment: UInt32 = 2
    private static let programBits: UInt32 = 1
    private static let executableSection: UInt64 = 4

    /// The segments that are loaded into memory.
    var loadable: [Segment] { segments.filter { $0.kind == Self.loadable && $0.memorySize > 0 } }

    /// Puts every loadable segment at its physical address.
    func load(into plan: inout MemoryPlan) throws(MachineError) {
        for (index, segment) in segments.enumerated() where segment.kind == Self.loadable && segment.memorySize > 0 {
            let what = "ELF segment \(index)"
            guard segment.fileSize <= segment.memorySize else {
                throw .malformed("ELF file", "segment \(index) has more bytes in the file than in memory")
            }
            let bytes = try file.copy(at: segment.offset, count: segment.fileSize, what)
            try plan.put(
                bytes,
                size: segment.memorySize,
                at: segment.physicalAddress,
                code: code(in: segment),
                what: what
            )
        }
    }

    /// Where execution begins. Some files give a linear address, which is valid only after they set up paging, so this
    /// translates it.
    var physicalEntryPoint: UInt64 {
        let segment = loadable.first {
            entry >= $0.virtualAddress && entry - $0.virtualAddress < $0.memorySize
        }
        return segment.map { entry - $0.virtualAddress &+ $0.physicalAddress } ?? entry
    }

    /// The code of a segment: its executable sections where the file has sections, or else the whole segment if it can
    /// be executed.
    ///
    /// The mode of 64-bit code is known. 32-bit files may contain code for any mode.
    func code(in segment: Segment) -> [CodeRange] {
        guard segment.flags & Self.executableSegment != 0 else { return [] }
        let inside = sections.filter { section in
            section.kind == Self.programBits && section.flags & Self.executableSection != 0 && section.size > 0
                && section.offset >= segment.offset && section.size <= segment.fileSize
                && section.offset - segment.offset <= segment.fileSize - section.size
        }
        guard !inside.isEmpty else {
            return [CodeRange(0..<Int(segment.fileSize), .searched)]
        }
        var ranges: [CodeRange] = []
        for section in inside.sorted(by: { $0.offset < $1.offset }) {
            let start = max(Int(section.offset - segment.offset), ranges.last?.range.upperBound ?? 0)
            let end = Int(section.offset - segment.offset + section.size)
            if start < end { ranges.append(CodeRange(start..<end, is64Bit ? .swept : .searched)) }
        }
        return ranges
    }
}
