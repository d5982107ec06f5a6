public import X86

extension Processor where Self: ~Copyable {
    /// Executes through exits of a recording: as long as the guest makes one after another at its recorded place and, if
    /// counts are compared, after its recorded number of instructions. Each is answered as it was in the recording.
    ///
    /// - Parameters:
    ///   - counts: the instructions since the last event, if this engine counts them.
    ///   - meter: is advanced before each run.
    @inlinable
    public mutating func run(
        through exits: Span<ExitRecord>,
        counting counts: inout InstructionsSinceEvent,
        comparing comparesCounts: Bool,
        _ meter: ExitMeter
    ) throws(EngineError) -> ExitRun {
        for index in exits.indices {
            meter.advance()
            var exit = try run()
            while exit.isInterruptWindow { exit = try run() }
            let recorded = exits[index]
            guard exit.isMade(as: recorded), exitRIP == recorded.rip else { return ExitRun(count: index, other: exit) }
            if let retired = instructionsRetired {
                if comparesCounts, counts.count(at: retired) != recorded.instructions {
                    return ExitRun(count: index, other: exit)
                }
                _ = counts.reach(at: retired)
            }
            try answer(as: recorded)
        }
        return ExitRun(count: exits.count)
    }

    /// Answers the last exit, which is of this kind, as it was answered in the recording.
    @inlinable
    mutating func answer(as recorded: ExitRecord) throws(EngineError) {
        switch ExitRecord.Kind(rawValue: recorded.kind) {
        case .portRead, .memoryRead: answer(recorded.value)
        case .readMSR: if recorded.flags == 0 { answer(recorded.value) } else { refuse() }
        case .writeMSR: if recorded.flags != 0 { refuse() }
        case .hiddenRead:
            try answerHiddenRead(
                value: recorded.value,
                auxiliary: recorded.auxiliary,
                succeeded: recorded.flags != 0
            )
        case .portWrite, .memoryWrite, nil: break
        }
    }
}

extension Exit {
    /// Whether it is ``interruptWindow``.
    @inlinable var isInterruptWindow: Bool { if case .interruptWindow = self { true } else { false } }

    /// Whether the guest does the same here as in a recorded exit. What it is given is not compared, nor is the place.
    @inlinable @inline(__always)
    func isMade(as recorded: ExitRecord) -> Bool {
        switch self {
        case .portRead(let port, let size):
            recorded.isA(.portRead) && recorded.key == UInt32(port.rawValue) && recorded.detail == size.rawValue
        case .portWrite(let port, let size, let value):
            recorded.isA(.portWrite) && recorded.key == UInt32(port.rawValue) && recorded.detail == size.rawValue
                && recorded.value == UInt64(value)
        case .memoryRead(let address, let length):
            recorded.isA(.memoryRead) && recorded.address == address.rawValue && recorded.detail == length
        case .memoryWrite(let address, let length, let value):
            recorded.isA(.memoryWrite) && recorded.address == address.rawValue && recorded.detail == length
                && recorded.value == value
        case .readMSR(let number): recorded.isA(.readMSR) && recorded.key == number
        case .writeMSR(let number, let value):
            recorded.isA(.writeMSR) && recorded.key == number && recorded.value == value
        case .hiddenRead(let instruction): recorded.isA(.hiddenRead) && recorded.detail == instruction.rawValue
        default: false
        }
    }
}
