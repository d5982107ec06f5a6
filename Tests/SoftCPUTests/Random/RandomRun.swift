import X86

@testable import SoftCPU

/// A run from a ``RandomStart``, with everything answered by the same seed.
@safe
final class RandomRun {
    let memory: GuardedMemory
    let processor: SoftCPU
    private var random: RandomOperands
    /// Exits at which nothing was executed since the one before.
    private var idle = 0
    private(set) var isOver = false
    /// It went on handing exits out without executing anything.
    private(set) var hangs = false

    init(_ start: RandomStart, seed: UInt64) {
        memory = start.memory
        random = RandomOperands(seed: seed)
        var configuration = SoftConfiguration()
        configuration.allowedCR4 = 0x37_0FFF
        configuration.cpuid = [
            CPUIDEntry(function: 1, ecx: 0x0698_220B, edx: 0x0783_FBFF),
            CPUIDEntry(function: 7, isIndexed: true, ebx: 0x0010_0489),
        ]
        processor = SoftCPU(memory: memory.mappings, configuration: configuration)
        processor.state = start.state
    }

    /// Goes on up to a number of instructions in all, in slices of this size at most.
    func run(to end: UInt64, slice: () -> Int) {
        while !isOver, processor.executed < end {
            let before = processor.executed
            let exit = processor.run(upTo: min(slice(), Int(end - before)))
            idle = processor.executed == before ? idle + 1 : 0
            // An instruction takes no more answers than there is room for, and reports no more writes than it has bytes.
            if idle > 1000 {
                hangs = true
                isOver = true
            }
            deal(with: exit)
        }
    }

    private func deal(with exit: SoftExit) {
        switch exit {
        case .limit, .stopped, .watched, .portWrite, .memoryWrite, .interruptWindow: break
        case .portRead, .memoryRead: processor.answer(random.next())
        case .hiddenRead:
            processor.answerHiddenRead(value: random.next(), auxiliary: 1, succeeded: random.next() & 3 != 0)
        case .registerRead: random.next() & 1 == 0 ? processor.refuse() : processor.answer(random.next())
        case .registerWrite: random.next() & 1 == 0 ? processor.refuse() : processor.answer(0)
        case .halt:
            if processor.canTakeInterrupt {
                processor.inject(vector: UInt8(truncatingIfNeeded: random.next()))
            } else {
                processor.injectNonMaskable()
            }
        default: isOver = true
        }
    }
}
