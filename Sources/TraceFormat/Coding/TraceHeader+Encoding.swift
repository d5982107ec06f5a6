import ByteCoding
import X86

extension TraceHeader {
    /// The payload of the header chunk. `symbolCount` symbols follow in separate chunks.
    func encoded(symbolCount: Int) -> [UInt8] {
        var writer = ByteWriter(capacity: 4096)
        writer.write(creationTime)
        writer.write(text: recorder)
        writer.writeVarint(firstEvent.rawValue)
        writer.write(text: host.processorModel)
        writer.write(text: host.kernelRelease)
        writer.write(text: host.module)
        writer.write(text: guest.name)
        writer.writeVarint(UInt64(guest.options.count))
        for option in guest.options { writer.write(text: option) }
        writer.writeVarint(guest.imageSize)
        guest.imageDigest.encode(to: &writer)
        writer.write(text: machine.board)
        writer.writeVarint(UInt64(machine.memory.count))
        for region in machine.memory {
            writer.writeVarint(region.address.rawValue)
            writer.writeVarint(region.size)
            writer.write(region.isReadOnly)
        }
        writer.write(text: processor.profile)
        writer.writeVarint(UInt64(processor.cpuid.count))
        for entry in processor.cpuid {
            writer.write(entry.function)
            writer.write(entry.index)
            writer.write(entry.isIndexed)
            for answer in [entry.eax, entry.ebx, entry.ecx, entry.edx] { writer.write(answer) }
        }
        writer.write(processor.initialXCR0)
        writer.write(landing.rawValue)
        writer.write(optional: chaosSeed)
        writer.writeVarint(UInt64(patches.count))
        for patch in patches {
            writer.writeVarint(patch.address.rawValue)
            writer.write(patch.instruction.rawValue)
            writer.write(UInt8(patch.original.count))
            writer.write(bytes: patch.original)
            writer.write(bytes: patch.replacement)
        }
        writer.writeVarint(UInt64(notes.count))
        for note in notes {
            writer.write(text: note.key)
            writer.write(text: note.value)
        }
        encodeVersion3(to: &writer)
        writer.writeVarint(UInt64(symbolCount))
        return writer.bytes
    }

    /// Reads the payload of a header chunk in a format version. `symbolCount` symbols follow in separate chunks.
    static func decode(
        _ payload: RawSpan,
        version: UInt32 = formatVersion
    ) throws(ByteCodingError) -> (header: Self, symbolCount: Int) {
        var cursor = ByteCursor(payload)
        var header = Self(
            creationTime: try cursor.read(),
            recorder: try cursor.readString(limit: Limits.textBytes),
            firstEvent: try EventOrdinal(decoding: cursor.readVarint()),
            host: Host(
                processorModel: try cursor.readString(limit: Limits.textBytes),
                kernelRelease: try cursor.readString(limit: Limits.textBytes),
                module: try cursor.readString(limit: Limits.textBytes)
            ),
            guest: try Guest(from: &cursor),
            machine: try Machine(from: &cursor),
            processor: try Processor(from: &cursor),
            landing: try LandingPolicy(from: &cursor),
            chaosSeed: try cursor.readOptional(),
            patches: try CodePatch.list(from: &cursor),
            notes: try Note.list(from: &cursor)
        )
        if version < 3 { header.deriveVersion3() } else { try header.decodeVersion3(from: &cursor) }
        let symbolCount = try cursor.readCount(limit: Limits.symbols)
        try cursor.expectEnd()
        return (header, symbolCount)
    }
}

extension TraceHeader.Guest {
    fileprivate init(from cursor: inout ByteCursor) throws(ByteCodingError) {
        let name = try cursor.readString(limit: Limits.textBytes)
        var options: [String] = []
        for _ in 0..<(try cursor.readCount(limit: Limits.textItems)) {
            options.append(try cursor.readString(limit: Limits.textBytes))
        }
        self.init(
            name: name,
            options: options,
            imageSize: try cursor.readVarint(),
            imageDigest: try Digest128(from: &cursor)
        )
    }
}

extension TraceHeader.Machine {
    fileprivate init(from cursor: inout ByteCursor) throws(ByteCodingError) {
        self.init(board: try cursor.readString(limit: Limits.textBytes), memory: [])
        for _ in 0..<(try cursor.readCount(limit: Limits.memoryRegions)) {
            memory.append(
                TraceHeader.MemoryRegion(
                    address: GuestPhysicalAddress(try cursor.readVarint()),
                    size: try cursor.readVarint(),
                    isReadOnly: try cursor.readFlag()
                )
            )
        }
        if let bad = memoryFault { throw .invalidValue(field: "memory region", value: bad) }
    }

    /// The address of a region that is empty, not made of whole pages, too high, or overlaps the region before it.
    var memoryFault: UInt64? {
        var next: UInt64 = 0
        for region in memory {
            let (end, overflow) = region.address.rawValue.addingReportingOverflow(region.size)
            guard !overflow, end <= Limits.memoryTop, region.size > 0, region.address.rawValue >= next,
                (region.address.rawValue | region.size) % UInt64(Limits.pageBytes) == 0
            else { return region.address.rawValue }
            next = end
        }
        return nil
    }
}

extension TraceHeader.Processor {
    fileprivate init(from cursor: inout ByteCursor) throws(ByteCodingError) {
        self.init(profile: try cursor.readString(limit: Limits.textBytes), cpuid: [], initialXCR0: 0)
        for _ in 0..<(try cursor.readCount(limit: Limits.cpuidEntries)) {
            cpuid.append(
                CPUIDEntry(
                    function: try cursor.read(),
                    index: try cursor.read(),
                    isIndexed: try cursor.readFlag(),
                    eax: try cursor.read(),
                    ebx: try cursor.read(),
                    ecx: try cursor.read(),
                    edx: try cursor.read()
                )
            )
        }
        initialXCR0 = try cursor.read()
    }
}

extension LandingPolicy {
    fileprivate init(from cursor: inout ByteCursor) throws(ByteCodingError) {
        let number: UInt8 = try cursor.read()
        guard let policy = Self(rawValue: number) else {
            throw .invalidValue(field: "landing policy", value: UInt64(number))
        }
        self = policy
    }
}

extension TraceHeader.CodePatch {
    fileprivate static func list(from cursor: inout ByteCursor) throws(ByteCodingError) -> [Self] {
        var patches: [Self] = []
        for _ in 0..<(try cursor.readCount(limit: Limits.codePatches)) {
            let address = GuestPhysicalAddress(try cursor.readVarint())
            let number: UInt8 = try cursor.read()
            guard let instruction = HiddenRead.Instruction(rawValue: number) else {
                throw .invalidValue(field: "patched instruction", value: UInt64(number))
            }
            let length = try cursor.readCount(limit: Limits.instructionBytes)
            patches.append(
                Self(
                    address: address,
                    instruction: instruction,
                    original: try cursor.readBytes(count: length),
                    replacement: try cursor.readBytes(count: length)
                )
            )
        }
        return patches
    }
}

extension TraceHeader.Note {
    fileprivate static func list(from cursor: inout ByteCursor) throws(ByteCodingError) -> [Self] {
        var notes: [Self] = []
        for _ in 0..<(try cursor.readCount(limit: Limits.textItems)) {
            notes.append(
                Self(
                    key: try cursor.readString(limit: Limits.textBytes),
                    value: try cursor.readString(limit: Limits.textBytes)
                )
            )
        }
        return notes
    }
}
