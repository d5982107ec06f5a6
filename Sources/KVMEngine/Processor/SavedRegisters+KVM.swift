internal import Engine
internal import KVMCore

extension SavedRegisters {
    /// A filter that lets through what does not trap, and traps the rest.
    static func filter(saving saved: [UInt32]) -> MSRFilter {
        let allowed = untrapped(saving: saved)
        let windows: [ClosedRange<UInt32>] = [0x0...0x2FF, 0xC000_0080...0xC000_0103]
        return MSRFilter(
            allowsOthers: false,
            ranges: windows.map { window in
                MSRFilter.Range(
                    access: [.read, .write],
                    first: MSRNumber(window.lowerBound),
                    allowed: window.map(allowed.contains)
                )
            }
        )
    }

    /// The candidates that this host's KVM keeps.
    static func present(in vcpu: borrowing VCPU) -> [UInt32] {
        candidates.filter { isPresent($0, in: vcpu) }.sorted()
    }

    /// Whether this host's KVM keeps a register.
    static func isPresent(_ number: UInt32, in vcpu: borrowing VCPU) -> Bool {
        (try? vcpu.modelSpecificRegisters([MSRNumber(number)])) != nil
    }
}
