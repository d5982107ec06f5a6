public import X86

/// Bits of one CPUID register that the guest does not see as they were requested.
public struct CPUIDDifference: Codable, Hashable, Sendable, CustomStringConvertible {
    /// A register that CPUID fills.
    public typealias Register = CPUIDFeature.Register

    /// Leaf: EAX before the instruction.
    public var leaf: UInt32
    /// Subleaf: ECX before the instruction.
    public var subleaf: UInt32
    /// Which register.
    public var register: Register
    /// Bits that the guest sees and should not.
    public var forcedOn: UInt32
    /// Bits that the guest should see and does not.
    public var forcedOff: UInt32
    /// Whether the guest of a recording has read the leaf; nil if nobody knows.
    public var wasRead: Bool?

    /// Leaf, subleaf, register and bits in hexadecimal.
    public var description: String {
        let place = "\(hex(leaf)).\(subleaf) \(register.rawValue)"
        return [(forcedOn, "+"), (forcedOff, "-")].filter { $0.0 != 0 }.reduce(place) { $0 + " \($1.1)\(hex($1.0))" }
    }

    /// The same in words, with each bit's number and name if it has one: for a guest that was recorded elsewhere.
    public var explanation: String {
        let shown = forcedOn == 0 ? nil : "this host shows \(names(forcedOn)), the recording's host did not"
        let hidden = forcedOff == 0 ? nil : "this host lacks \(names(forcedOff))"
        let differences = [shown, hidden].compactMap(\.self).joined(separator: "; ")
        let reading = wasRead == true ? "; the guest has read this leaf" : ""
        return "CPUID leaf \(hex(leaf)).\(subleaf) \(register.rawValue): \(differences)\(reading)"
    }

    /// The same for the bits of a register that a profile shows; nil if none of them differs.
    public func limited(to profile: ProcessorProfile) -> Self? {
        let entry = profile.cpuid.first { $0.function == leaf && $0.index == subleaf }
        let shown = entry?[keyPath: register.path] ?? 0
        var limited = self
        limited.forcedOn &= shown
        limited.forcedOff &= shown
        return limited.forcedOn | limited.forcedOff == 0 ? nil : limited
    }

    private func names(_ bits: UInt32) -> String {
        let list = (0..<32).filter { bits >> UInt32($0) & 1 == 1 }.map { bit in
            let name = CPUIDFeature.name(function: leaf, index: subleaf, register: register, bit: bit)
            return name.map { "bit \(bit) (\($0))" } ?? "bit \(bit)"
        }
        return list.joined(separator: ", ")
    }

    private func hex(_ value: UInt32) -> String { "0x" + String(value, radix: 16) }

    /// What differs between two tables; a leaf that one of them lacks counts as zero.
    public static func between(asked: [CPUIDEntry], seen: [CPUIDEntry]) -> [Self] {
        let places = Set((asked + seen).map(Place.init)).sorted()
        return places.flatMap { place in
            Register.allCases.compactMap { register in
                let wanted = place.entry(in: asked)?[keyPath: register.path] ?? 0
                let got = place.entry(in: seen)?[keyPath: register.path] ?? 0
                guard wanted != got else { return nil }
                return Self(
                    leaf: place.leaf,
                    subleaf: place.subleaf,
                    register: register,
                    forcedOn: got & ~wanted,
                    forcedOff: wanted & ~got
                )
            }
        }
    }

    private struct Place: Hashable, Comparable {
        let leaf: UInt32
        let subleaf: UInt32

        init(_ entry: CPUIDEntry) {
            leaf = entry.function
            subleaf = entry.isIndexed ? entry.index : 0
        }

        func entry(in table: [CPUIDEntry]) -> CPUIDEntry? { table.first { Self($0) == self } }

        static func < (left: Self, right: Self) -> Bool {
            (left.leaf, left.subleaf) < (right.leaf, right.subleaf)
        }
    }
}
