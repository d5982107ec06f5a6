public import X86

/// What a guest is told about its processor: a fixed, named table instead of whatever a host happens to have.
///
/// No profile shows a feature that would let the guest read time or randomness unrecorded.
public struct ProcessorProfile: Hashable, Sendable {
    /// Its name for `--cpu`.
    public var name: String
    /// What CPUID answers.
    public var cpuid: [CPUIDEntry]

    /// Whose results it gives where the manuals leave them undefined, on engines that can choose; nil leaves it to the engine.
    public var model: ProcessorModel?

    /// Makes a profile of its parts.
    public init(name: String, cpuid: [CPUIDEntry], model: ProcessorModel? = nil) {
        self.name = name
        self.cpuid = cpuid
        self.model = model
    }

    /// The signature that RESET leaves in RDX: EAX of leaf 1.
    public var signature: UInt32 {
        cpuid.first { $0.function == 1 }?.eax ?? 0
    }

    /// What every x86-64 host of the last decade can run: a Nehalem, the first processor of the x86-64-v2 level,
    /// without its time-stamp counter and machine checks.
    public static let baseline = Self(
        name: "baseline",
        cpuid: [
            // Highest leaf, and the vendor "GenuineIntel" in EBX, EDX, ECX.
            CPUIDEntry(function: 0, eax: 7, ebx: 0x756E_6547, ecx: 0x6C65_746E, edx: 0x4965_6E69),
            CPUIDEntry(
                function: 1,
                eax: 0x0001_06A3,  // family 6, model 26, stepping 3
                ebx: 0x0001_0800,  // one logical processor, 64-byte cache lines
                ecx: 0x0098_2201,  // SSE3, SSSE3, CMPXCHG16B, SSE4.1, SSE4.2, POPCNT
                // FPU VME DE PSE MSR PAE CX8 APIC SEP MTRR PGE CMOV PAT PSE36 CLFSH MMX FXSR SSE SSE2
                edx: 0x078B_BB6F
            ),
            CPUIDEntry(function: 7, isIndexed: true),
            CPUIDEntry(function: 0x8000_0000, eax: 0x8000_0008),
            CPUIDEntry(function: 0x8000_0001, ecx: 0x0000_0001, edx: 0x2010_0800),  // LAHF; SYSCALL, NX, long mode
            // 39 bits of physical address, the fewest of any current host, and 48 of linear address.
            CPUIDEntry(function: 0x8000_0008, eax: 0x0000_3027),
        ] + brand("rr-vm baseline processor")
    )

    /// What KVM can show on every host with an x86-64-v2 processor, and nothing on which hosts or vendors differ: the level's own
    /// features, and those that a 64-bit kernel cannot be without. Without SYSENTER, which AMD lacks in long mode, virtual-8086
    /// extensions, memory type ranges and 36-bit large pages.
    ///
    /// Some hosts force other bits on. A trace with this profile is replayed on hosts that differ in such bits alone.
    public static let portable = Self(
        name: "portable",
        cpuid: baseline.cpuid.filter { !brandLeaves.contains($0.function) }.map { entry in
            guard entry.function == 1 else { return entry }
            var entry = entry
            // VME, SEP, MTRR, PSE36.
            entry.edx &= ~(1 << 1 | 1 << 11 | 1 << 12 | 1 << 17)
            return entry
        } + brand("rr-vm portable processor")
    )

    /// What an engine supports on this host, without the features that would let the guest read time or randomness.
    ///
    /// - Parameter supported: all that the engine can show a guest here.
    public static func host(supported: [CPUIDEntry]) -> Self {
        let kept = supported.filter { !hiddenLeaves.contains($0.function) }
        return Self(
            name: "host",
            cpuid: kept.map { entry in
                var entry = entry
                for hidden in hiddenFeatures where hidden.function == entry.function && entry.index == 0 {
                    entry[keyPath: hidden.register] &= ~hidden.mask
                }
                return entry
            }
        )
    }

    /// Bits of one register of one leaf (subleaf 0) that no profile shows.
    private struct HiddenFeatures {
        let function: UInt32
        let register: WritableKeyPath<CPUIDEntry, UInt32>
        let mask: UInt32
    }

    /// Intel SDM vol. 2, CPUID; AMD APM vol. 3, appendix E.
    private static var hiddenFeatures: [HiddenFeatures] {
        [
            // TSC.
            HiddenFeatures(function: 1, register: \.edx, mask: 1 << 4),
            // MONITOR, PDCM, x2APIC, TSC-deadline, RDRAND, and the hypervisor bit that leads to kvmclock.
            HiddenFeatures(
                function: 1,
                register: \.ecx,
                mask: 1 << 3 | 1 << 15 | 1 << 21 | 1 << 24 | 1 << 30 | 1 << 31
            ),
            // APERF and MPERF.
            HiddenFeatures(function: 6, register: \.ecx, mask: 1 << 0),
            // TSC_ADJUST, RDSEED, processor trace.
            HiddenFeatures(function: 7, register: \.ebx, mask: 1 << 1 | 1 << 18 | 1 << 25),
            // WAITPKG (UMWAIT, TPAUSE), RDPID.
            HiddenFeatures(function: 7, register: \.ecx, mask: 1 << 5 | 1 << 22),
            // RDTSCP.
            HiddenFeatures(function: 0x8000_0001, register: \.edx, mask: 1 << 27),
            // AMD performance counters, MONITORX.
            HiddenFeatures(function: 0x8000_0001, register: \.ecx, mask: 1 << 23 | 1 << 24 | 1 << 28 | 1 << 29),
            // Invariant TSC.
            HiddenFeatures(function: 0x8000_0007, register: \.edx, mask: 1 << 8),
        ]
    }

    /// Performance monitoring, processor trace, TSC and core frequency, and the hypervisor's own leaves.
    private static let hiddenLeaves: Set<UInt32> = [0xA, 0x14, 0x15, 0x16, 0x4000_0000, 0x4000_0001]

    private static let brandLeaves: ClosedRange<UInt32> = 0x8000_0002...0x8000_0004

    /// ``brandLeaves``: the processor's name in 48 bytes.
    private static func brand(_ name: String) -> [CPUIDEntry] {
        var words = [UInt32](repeating: 0, count: 12)
        for (position, byte) in name.utf8.prefix(47).enumerated() {
            words[position / 4] |= UInt32(byte) << UInt32(position % 4 * 8)
        }
        var entries: [CPUIDEntry] = []
        for leaf in 0..<3 {
            let first = leaf * 4
            entries.append(
                CPUIDEntry(
                    function: brandLeaves.lowerBound + UInt32(leaf),
                    eax: words[first],
                    ebx: words[first + 1],
                    ecx: words[first + 2],
                    edx: words[first + 3]
                )
            )
        }
        return entries
    }
}
