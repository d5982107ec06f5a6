internal import X86

/// A feature that gives time or randomness to a guest, with the CPUID bit that no profile shows.
package struct ConcealedFeature {
    /// The kind of read, which decides how the feature is treated.
    package enum Kind {
        /// Time counters.
        case counter
        /// Random numbers.
        case randomness
    }

    package let name: String
    let kind: Kind
    let leaf: UInt32
    let register: CPUIDDifference.Register
    let bit: UInt32

    /// All those whose instructions any ring may execute (Intel SDM vol. 2, CPUID; AMD APM vol. 3, appendix E).
    package static let all = [
        Self(name: "TSC", kind: .counter, leaf: 1, register: .edx, bit: 4),
        Self(name: "RDRAND", kind: .randomness, leaf: 1, register: .ecx, bit: 30),
        Self(name: "RDSEED", kind: .randomness, leaf: 7, register: .ebx, bit: 18),
        Self(name: "WAITPKG", kind: .counter, leaf: 7, register: .ecx, bit: 5),
        Self(name: "RDPID", kind: .randomness, leaf: 7, register: .ecx, bit: 22),
        Self(name: "RDTSCP", kind: .counter, leaf: 0x8000_0001, register: .edx, bit: 27),
    ]

    /// Whether a table shows it although it should not.
    package func isForced(in differences: [CPUIDDifference]) -> Bool {
        differences.contains {
            $0.leaf == leaf && $0.subleaf == 0 && $0.register == register && $0.forcedOn >> bit & 1 == 1
        }
    }
}
