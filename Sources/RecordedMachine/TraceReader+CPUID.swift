public import Engine
public import TraceFormat

/// What it means for a trace that an engine shows the guest other CPUID bits than the recorded processor.
extension TraceReader {
    /// The differences that forbid a replay, with what is known of whether the guest has read them.
    ///
    /// None does if ``allowsOtherCPUID`` is set. A leaf that the guest has not read does not. Where the trace has the portable
    /// profile, bits that the profile does not show do not either, because hosts force some of them on.
    public func obstacles(among differences: [CPUIDDifference]) -> [CPUIDDifference] {
        guard !allowsOtherCPUID else { return [] }
        return differences.compactMap { difference in
            var difference = difference
            difference.wasRead = readLeaves?.contains(difference.leaf)
            guard difference.wasRead != false else { return nil }
            return isPortable ? difference.limited(to: .portable) : difference
        }
    }

    /// The differences that do not forbid a replay, in words: a line for each kind.
    public func remarks(on differences: [CPUIDDifference]) -> [String] {
        guard !allowsOtherCPUID else { return differences.map(\.explanation) }
        let unread = differences.filter { readLeaves?.contains($0.leaf) == false }
        let forced = differences.filter { difference in
            isPortable && !unread.contains(difference) && difference.limited(to: .portable) != difference
        }
        var remarks: [String] = []
        if !unread.isEmpty {
            let leaves = Set(unread.map(\.leaf)).sorted().map { "0x" + String($0, radix: 16) }.joined(separator: ", ")
            remarks.append("CPUID differs from the recording in leaves that the guest never reads: \(leaves)")
        }
        if !forced.isEmpty {
            let bits = forced.map(\.description).joined(separator: ", ")
            remarks.append("CPUID differs from the recording in bits beyond the portable profile: \(bits)")
        }
        return remarks
    }

    private var isPortable: Bool { header.processor.profile == ProcessorProfile.portable.name }
}
