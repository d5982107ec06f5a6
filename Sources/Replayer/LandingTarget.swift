internal import Engine
internal import TraceFormat
internal import X86

/// A keyframe's state in the order in which it pays to compare it: registers first, then a few pages, the digest last.
struct LandingTarget {
    /// Pages that are compared before the whole state is taken.
    private static let sampledPages = 16

    private let registers: [UInt64]
    private var samples: [(address: GuestPhysicalAddress, bytes: [UInt8])] = []

    init(_ keyframe: Keyframe) throws(TraceError) {
        registers = keyframe.state.general + [keyframe.state.rip, keyframe.state.rflags]
        var memory = keyframe.memory
        for address in keyframe.changedPages.prefix(Self.sampledPages) {
            samples.append((address, try memory.page(at: address)))
        }
    }

    /// Whether the registers that change most often are the keyframe's.
    func matches(registers present: [UInt64]) -> Bool {
        present == registers
    }

    /// Whether the sampled pages are the keyframe's. The page that differs is looked at first the next time.
    mutating func matches(memory: GuestMemory) throws(EngineError) -> Bool {
        for (index, sample) in samples.enumerated() {
            guard try memory.read(at: sample.address, count: sample.bytes.count) == sample.bytes else {
                samples.swapAt(0, index)
                return false
            }
        }
        return true
    }
}
