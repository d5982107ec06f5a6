internal import GuestMemory
internal import TraceFormat
internal import X86

/// A keyframe's state in the cheapest order for comparing it: registers first, then a few pages, and the digest last. The pages
/// are read only once the registers alone have misled.
struct LandingTarget {
    /// How many pages are compared before the whole state is captured.
    private static let sampledPages = 16

    private let registers: [UInt64]
    private var samples: [Sample] = []
    private var hasSamples = false

    private struct Sample {
        let address: GuestPhysicalAddress
        let bytes: [UInt8]
        /// Where the last compared version differed. The next one probably differs there too.
        var lastDifference = 0

        /// Compares a version of the page. Possible differences in Accessed and Dirty bits are left to the comparison of the
        /// whole state.
        mutating func matches(_ present: [UInt8]) -> Bool {
            if differs(present, at: lastDifference) { return false }
            guard present != bytes, let offset = bytes.indices.first(where: { differs(present, at: $0) }) else {
                return true
            }
            lastDifference = offset
            return false
        }

        private func differs(_ present: [UInt8], at offset: Int) -> Bool {
            present[offset] != bytes[offset]
                && !AccessedBit.mayExplain(present[offset], bytes[offset], at: offset, withDirty: true)
        }
    }

    init(_ keyframe: Keyframe) { registers = keyframe.state.registers }

    /// Notes that the guest has been somewhere else, although registers and sampled pages had the keyframe's values.
    mutating func noteMiss(of keyframe: Keyframe) throws(TraceError) {
        guard !hasSamples else { return }
        hasSamples = true
        var memory = keyframe.memory
        for address in keyframe.changedPages.prefix(Self.sampledPages) {
            samples.append(Sample(address: address, bytes: try memory.page(at: address)))
        }
    }

    /// Whether the registers that change most often have the keyframe's values.
    func matches(registers present: [UInt64]) -> Bool {
        present == registers
    }

    /// Whether the sampled pages have the keyframe's content. A page that differs is checked first the next time.
    mutating func matches(memory: GuestMemory) throws(MemoryError) -> Bool {
        for index in samples.indices {
            let present = try memory.read(at: samples[index].address, count: GuestMemory.pageSize)
            guard samples[index].matches(present) else {
                samples.swapAt(0, index)
                return false
            }
        }
        return true
    }
}

extension ProcessorState {
    /// The registers in the order in which a processor reports them at an exit.
    var registers: [UInt64] { general + [rip, rflags] }
}
