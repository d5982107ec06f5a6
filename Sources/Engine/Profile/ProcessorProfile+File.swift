internal import X86

extension ProcessorProfile {
    /// Why a profile's text was refused.
    public struct FileError: Error, CustomStringConvertible {
        /// The line's number, counted from 1.
        public var line: Int
        /// What is wrong with it.
        public var problem: String

        /// One line, without a final full stop.
        public var description: String { "line \(line) of the profile: \(problem)" }
    }

    /// The most leaves that a profile may have, which is as many as KVM keeps (`KVM_MAX_CPUID_ENTRIES`).
    static let maximumLeaves = 256

    /// Reads a profile from text.
    ///
    /// A line is one leaf: function, subleaf or `-`, EAX, EBX, ECX and EDX, each hexadecimal with or without `0x`, separated
    /// by spaces. `#` begins a comment. Reading what ``text`` gives yields an equal profile.
    public init(name: String, text: String) throws(FileError) {
        var entries: [CPUIDEntry] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" || $0 == "\r" }
            guard !words.isEmpty else { continue }
            guard words.count == 6 else {
                throw FileError(line: index + 1, problem: "six numbers are needed, not \(words.count)")
            }
            var numbers: [UInt32] = []
            for (place, word) in words.enumerated() {
                if place == 1, word == "-" {
                    numbers.append(0)
                } else if let number = UInt32(word.hasPrefix("0x") ? word.dropFirst(2) : word, radix: 16) {
                    numbers.append(number)
                } else {
                    throw FileError(line: index + 1, problem: "'\(word)' is not a 32-bit hexadecimal number")
                }
            }
            let entry = CPUIDEntry(
                function: numbers[0],
                index: numbers[1],
                isIndexed: words[1] != "-",
                eax: numbers[2],
                ebx: numbers[3],
                ecx: numbers[4],
                edx: numbers[5]
            )
            if entries.contains(where: { $0.function == entry.function && $0.index == entry.index }) {
                throw FileError(line: index + 1, problem: "this leaf was given before")
            }
            guard entries.count < Self.maximumLeaves else {
                throw FileError(line: index + 1, problem: "more than \(Self.maximumLeaves) leaves")
            }
            entries.append(entry)
        }
        guard entries.contains(where: { $0.function == 0 }), entries.contains(where: { $0.function == 1 }) else {
            throw FileError(line: 1, problem: "leaves 0 and 1 are missing")
        }
        self.init(name: name, cpuid: entries)
    }

    /// The profile as text that ``init(name:text:)`` reads.
    public var text: String {
        let lines = cpuid.map { entry in
            let index = entry.isIndexed ? hexadecimal(entry.index) : "-"
            let registers = [entry.eax, entry.ebx, entry.ecx, entry.edx].map(hexadecimal).joined(separator: " ")
            return "\(hexadecimal(entry.function)) \(index) \(registers)\n"
        }
        return "# function subleaf eax ebx ecx edx\n" + lines.joined()
    }

    private func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
    }
}
