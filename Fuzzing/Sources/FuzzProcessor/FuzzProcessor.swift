import SoftCPU
import X86

/// Takes the input for a guest of the software processor: a byte that says in which mode it starts, one with flags, 64 bytes of
/// registers, and code. A trap is the finding; so is an access outside memory, which the pages around it end, and a run
/// that goes on without executing anything.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzProcessor(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    guard input.count > Guest.headerSize else { return 0 }
    let guest = Guest(input)
    guest.run(upTo: 20_000)
    return 0
}

/// A processor over its memory, and who answers it.
private final class Guest {
    static let headerSize = 66
    private let memory = FuzzedMemory()
    private let processor: SoftCPU
    private var random: UInt64

    init(_ input: [UInt8]) {
        memory.fill(input.dropFirst(Self.headerSize))
        var configuration = SoftConfiguration()
        configuration.cpuid = [
            CPUIDEntry(function: 1, ecx: 0x0698_220B, edx: 0x0783_FBFF),
            CPUIDEntry(function: 7, isIndexed: true, ebx: 0x0010_0489),
        ]
        processor = SoftCPU(memory: memory.mappings, configuration: configuration)
        processor.state = ProcessorState(fuzzed: input)
        random = UInt64(input.count) << 8 | UInt64(input[0])
    }

    /// Executes and answers; what it is given and told depends on the input alone.
    func run(upTo limit: UInt64) {
        var idle = 0
        while processor.executed < limit {
            let before = processor.executed
            let exit = processor.run(upTo: Int(limit - before))
            precondition(processor.executed <= limit, "more instructions than were asked for")
            idle = processor.executed == before ? idle + 1 : 0
            precondition(idle < 1000, "exits without an end")
            guard goesOn(behind: exit) else { return }
        }
        let state = processor.state
        processor.state = state
        precondition(
            processor.state == state || state.pending.exception != nil,
            "a state that is not what it was set to"
        )
    }

    private func next() -> UInt64 {
        random = random &* 0x5851_F42D_4C95_7F2D &+ 0x1405_7B7E_F767_814F
        return random ^ random >> 33
    }

    private func goesOn(behind exit: SoftExit) -> Bool {
        switch exit {
        case .limit, .stopped, .watched, .portWrite, .memoryWrite, .interruptWindow: return true
        case .portRead, .memoryRead: processor.answer(next())
        case .hiddenRead: processor.answerHiddenRead(value: next(), auxiliary: 0, succeeded: true)
        case .registerRead, .registerWrite: next() & 1 == 0 ? processor.refuse() : processor.answer(next())
        case .halt:
            guard processor.canTakeInterrupt else { return false }
            processor.inject(vector: UInt8(truncatingIfNeeded: next()))
        default: return false
        }
        return true
    }
}
