internal import GuestMemory
public import X86

/// Replaces the instructions of a guest's code that read hidden state by instructions that exit.
public struct CodePatcher: Sendable {
    /// One replaced instruction.
    public struct Patch: Hashable, Sendable {
        /// Where in guest memory.
        public var address: GuestPhysicalAddress
        /// What replaces it.
        public var code: TrapCode
        /// The guest's own bytes.
        public var original: [UInt8]
        /// The bytes that are there instead.
        public var replacement: [UInt8]
    }

    /// The contents of memory with their instructions replaced.
    public let contents: [MemoryContent]
    /// The replaced instructions, in order of their place in the contents.
    public let patches: [Patch]
    /// The first of the four private ports; nil if nothing is to be replaced, not even in code that appears later.
    public let basePort: UInt8?

    /// The most instructions that are replaced, which is as many as a trace admits. The rest of them are left alone.
    static let limit = 65536

    /// First ports to choose from, in order. No device of a PC uses them.
    static let basePorts: [UInt8] = [0xE4, 0xEC, 0xB4, 0xBC, 0xA4]

    /// Searches and patches what is in memory when a guest starts.
    ///
    /// - Parameter trapped: which instructions are replaced.
    public init(_ contents: [MemoryContent], trapping trapped: Set<HiddenInstruction>) {
        var findings: [[HiddenInstructionScanner.Finding]] = []
        var usedPorts: Set<UInt8> = []
        var left = Self.limit
        for content in contents {
            var scanner = HiddenInstructionScanner(content.bytes, wanted: trapped, limit: left)
            for code in content.code { scanner.scan(code) }
            left -= scanner.findings.count
            findings.append(scanner.findings)
            usedPorts.formUnion(scanner.immediatePorts)
        }
        let basePort = Self.basePorts.first { base in
            (base..<base + TrapCode.portCount).allSatisfy { !usedPorts.contains($0) }
        }
        guard let basePort, !trapped.isEmpty else {
            (self.contents, patches, self.basePort) = (contents, [], nil)
            return
        }
        var patched = contents
        var patches: [Patch] = []
        for (index, findings) in findings.enumerated() {
            for finding in findings {
                let range = finding.offset..<finding.offset + finding.code.length
                let replacement = finding.code.bytes(basePort: basePort)
                patches.append(
                    Patch(
                        address: GuestPhysicalAddress(contents[index].address.rawValue &+ UInt64(finding.offset)),
                        code: finding.code,
                        original: Array(contents[index].bytes[range]),
                        replacement: replacement
                    )
                )
                patched[index].bytes.replaceSubrange(range, with: replacement)
            }
        }
        self.contents = patched
        self.patches = patches
        self.basePort = basePort
    }
}
