import ByteCoding
import TraceFormat
import X86

/// A run that never was: every event follows from its ordinal, so that a reader can tell what must be there.
enum SyntheticRun {
    /// Events from one keyframe to the next.
    static let keyframeInterval: UInt64 = 100_000
    private static let pagesPerKeyframe: UInt64 = 16
    /// Pages of memory that the guest touches.
    private static let pages: UInt64 = 4096

    /// Ten thousand events a second.
    static func time(at ordinal: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: ordinal / 10) }

    /// Port reads and writes with ports and data of every kind, and an interrupt now and then.
    static func event(at ordinal: UInt64) -> (Event, rip: UInt64) {
        var generator = SplitMix64(seed: ordinal)
        let number = generator.next()
        let place = UInt16(number % 48)
        guard number >> 56 > 3 else { return (.interrupt(vector: UInt8(0x20 + number >> 48 & 0xF)), 0) }
        let value = UInt32(truncatingIfNeeded: number >> 40) & 0xFF
        let access = PortAccess(port: Port(0x60 + 7 * place), size: .byte, value: value)
        return (place % 3 == 0 ? .portWrite(access) : .portRead(access), 0xF_0000 + 37 * UInt64(place))
    }

    /// The keyframe that stands in an event's place: its state, and the pages that changed.
    static func keyframe(
        at ordinal: UInt64
    ) -> (state: ProcessorState, digest: StateDigest, pages: [(GuestPhysicalAddress, [UInt8])])? {
        guard ordinal % keyframeInterval == 0 else { return nil }
        var generator = SplitMix64(seed: ~ordinal)
        var state = ProcessorState()
        for register in GeneralRegister.allCases { state[register] = generator.next() }
        let changed = (0..<pagesPerKeyframe).map { _ in
            let address = GuestPhysicalAddress(generator.next() % pages * 4096)
            let bytes = (0..<4096).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            return (address, bytes)
        }
        let number = Digest128(low: generator.next(), high: generator.next())
        return (state, StateDigest(processor: number, memory: number), changed)
    }
}

extension TraceHeader {
    /// The header of such a run.
    static let synthetic = TraceHeader(
        creationTime: 1_790_000_000,
        recorder: "trace-at-scale",
        host: Host(processorModel: "none", kernelRelease: "none", module: "none"),
        guest: Guest(name: "synthetic", options: [], imageSize: 0, imageDigest: .zero),
        machine: Machine(board: "pc", memory: [MemoryRegion(address: GuestPhysicalAddress(0), size: 4096 * 4096)]),
        processor: Processor(profile: "none", cpuid: [], initialXCR0: 1),
        landing: .jump
    )
}
