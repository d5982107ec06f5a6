public import TraceFormat
internal import X86

/// Something about their start in which two recordings differ.
public struct HeaderDifference: Hashable, Sendable, CustomStringConvertible {
    /// What the difference is about.
    public var subject: String
    /// What the first trace says.
    public var first: String
    /// What the second trace says.
    public var second: String

    /// The difference in one line.
    public var description: String { "\(subject): \(first) / \(second)" }

    /// All differences that influence how a run goes, the most important first.
    public static func all(_ first: TraceHeader, _ second: TraceHeader) -> [Self] {
        let subjects: [(String, (TraceHeader) -> String)] = [
            ("guest", { "\($0.guest.name), \($0.guest.imageSize) bytes, \($0.guest.imageDigest)" }),
            ("options", { $0.commandLine.joined(separator: " ") }),
            ("board", \.machine.board),
            ("memory", { $0.machine.memory.map(description(of:)).joined(separator: ", ") }),
            ("processor", \.processor.profile),
            ("CPUID", { cpuid($0) }),
            ("trapped instructions", { "\($0.patches.count)" }),
            ("first event", { "\($0.firstEvent)" }),
            ("chaos seed", { $0.chaosSeed.map { "\($0)" } ?? "none" }),
        ]
        return subjects.compactMap { subject, text in
            let (one, other) = (text(first), text(second))
            return one == other ? nil : Self(subject: subject, first: one, second: other)
        }
    }

    private static func description(of region: TraceHeader.MemoryRegion) -> String {
        "\(region.size) bytes at \(region.address)\(region.isReadOnly ? " (read-only)" : "")"
    }

    private static func cpuid(_ header: TraceHeader) -> String {
        header.processor.cpuid.map { entry in
            [entry.function, entry.index, entry.eax, entry.ebx, entry.ecx, entry.edx]
                .map { String($0, radix: 16) }.joined(separator: ":")
        }.joined(separator: " ")
    }
}
