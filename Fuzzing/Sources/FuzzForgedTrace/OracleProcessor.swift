import X86

@testable import Engine
@testable import GuestMemory
@testable import Replayer
@testable import TraceFormat

/// A processor that does what a trace says, as far as that can be read: so a replay comes far into a trace that is no run of
/// any guest.
struct OracleProcessor: DebuggableProcessor, ~Copyable {
    let memory: GuestMemory
    private let reader: TraceReader
    private var cursor: EventCursor
    private var present = ProcessorState()
    private var steps = 0
    private(set) var exitRIP: UInt64 = 0
    private(set) var isInsideInstruction = false
    private(set) var canTakeInterrupt = true
    let interruptFlag = true
    let taskPriority: UInt8 = 0
    /// How many steps it takes to an exit.
    private let patience: Int

    init(_ reader: TraceReader, patience: Int) throws(MemoryError) {
        self.reader = reader
        self.patience = patience
        cursor = reader.events()
        memory = try GuestMemory(
            regions: reader.header.machine.memory.map {
                GuestMemory.Region(address: $0.address, size: $0.size, isReadOnly: $0.isReadOnly)
            }
        )
    }

    var exitRegisters: [UInt64] { present.general + [exitRIP, present.rflags] }
    var kicker: ProcessorKicker { ProcessorKicker {} }

    func exitAddress() -> GuestVirtualAddress { GuestVirtualAddress(exitRIP) }

    /// The next exit in the trace; a triple fault behind the last.
    mutating func run() -> Exit {
        (steps, canTakeInterrupt) = (0, true)
        while let recorded = try? cursor.next() {
            follow(recorded.event)
            guard let exit = recorded.event.expectedExit else { continue }
            exitRIP = recorded.rip
            lookAhead()
            return exit
        }
        return .tripleFault
    }

    mutating func step() -> Exit {
        steps += 1
        exitRIP &+= 1
        return steps <= patience ? .debug : run()
    }

    /// Where a keyframe comes next, the guest is in its state.
    private mutating func lookAhead() {
        var ahead = cursor
        guard let recorded = try? ahead.next() else { return }
        follow(recorded.event)
    }

    private mutating func follow(_ event: Event) {
        guard case .keyframe(let number, _) = event, var keyframe = try? reader.keyframe(Int(number)) else { return }
        present = keyframe.state
        for page in keyframe.changedPages {
            guard let bytes = try? keyframe.memory.page(at: page) else { continue }
            try? memory.write(bytes, at: page)
        }
    }

    mutating func answer(_ value: UInt64) { present.general[0] = value }
    mutating func answerHiddenRead(value: UInt64, auxiliary: UInt32, succeeded: Bool) {}
    mutating func refuse() {}
    mutating func completePendingAccess() {}
    mutating func maskAddressLine20(_ isMasked: Bool) { present.masksAddressLine20 = isMasked }
    mutating func inject(vector: UInt8) { canTakeInterrupt = false }
    func canTakeNonMaskable() -> Bool { true }
    mutating func injectNonMaskable() {}
    mutating func requestInterruptWindow(_ wanted: Bool) {}
    mutating func setBreakpoints(_ addresses: [GuestVirtualAddress]) {}
    func canStop(in mode: GuestMode) -> Bool { patience > 0 }
    mutating func state() -> ProcessorState { present }
    mutating func executionState() -> ProcessorState { present }

    mutating func restore(_ state: ProcessorState) {
        (present, exitRIP, canTakeInterrupt) = (state, state.rip, true)
        for number in 0..<reader.keyframeCount {
            guard let keyframe = try? reader.keyframe(number), keyframe.state == state else { continue }
            cursor.seek(to: EventOrdinal(keyframe.event.rawValue + 1))
            return
        }
    }

    mutating func takeDirtyPages(expecting hot: Set<GuestPhysicalAddress>) -> [GuestPhysicalAddress] {
        memory.takeHostWrites().sorted()
    }
}
