internal import X86

extension CPU {
    /// What CPUID answers (Intel SDM vol. 2, CPUID). Of a leaf that the table lacks: nothing where the vendor is AMD; else what the
    /// highest basic leaf answers, where the leaf is higher than all of its kind, and nothing otherwise.
    func cpuidEntry(_ leaf: UInt32, _ subleaf: UInt32) -> CPUIDEntry {
        var found = entry(leaf, subleaf) ?? substitute(for: leaf, subleaf) ?? CPUIDEntry(function: leaf)
        guard found.function == 1 else { return found }
        // OSXSAVE follows CR4, and the APIC's presence its base register.
        let enabled = state.cr4 & CR4.xsave != 0 && found.ecx & 1 << 26 != 0
        found.ecx = enabled ? found.ecx | 1 << 27 : found.ecx & ~(1 << 27)
        if state.apicBase & 1 << 11 == 0 { found.edx &= ~(1 << 9) }
        return found
    }

    /// Notes that CPUID has been asked for a leaf, and has answered with that of an entry.
    func note(readLeaf leaf: UInt32, of entry: CPUIDEntry) {
        around.readLeaves?.formUnion([leaf, entry.function])
        // No program that means something asks for so many.
        if let count = around.readLeaves?.count, count > Self.mostReadLeaves { around.readLeaves = nil }
    }

    private static var mostReadLeaves: Int { 256 }

    private func entry(_ leaf: UInt32, _ subleaf: UInt32) -> CPUIDEntry? {
        for entry in around.configuration.cpuid where entry.function == leaf {
            if !entry.isIndexed || entry.index == subleaf { return entry }
        }
        return nil
    }

    /// The answer of the highest basic leaf, where a leaf is beyond what there is of its kind.
    private func substitute(for leaf: UInt32, _ subleaf: UInt32) -> CPUIDEntry? {
        guard let first = entry(0, 0), first.ebx != Self.advancedMicroDevices else { return nil }
        let base = entry(leaf & 0xC000_0000, 0) ?? first
        return leaf > base.eax ? entry(first.eax, subleaf) : nil
    }

    /// The first word of "AuthenticAMD".
    private static var advancedMicroDevices: UInt32 { 0x6874_7541 }
}
