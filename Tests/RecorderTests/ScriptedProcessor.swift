import Dispatch
import Engine
import GuestMemory
import X86

/// A processor that executes nothing: its exits are a list, and it notes what its driver does to it.
struct ScriptedProcessor: DebuggableProcessor, ~Copyable {
    /// What one run gives.
    enum Step {
        /// This exit.
        case exit(Exit)
        /// This exit, whose instruction turns out to have another access to make: the next step's.
        case half(Exit)
        /// Nothing until somebody kicks.
        case silence
    }

    /// What was done to it.
    enum Action: Equatable {
        case ran(Exit)
        case stepped(Exit)
        case injected(UInt8)
        case injectedNonMaskable
        case requestedWindow(Bool)
    }

    let memory: GuestMemory
    var canTakeInterrupt: Bool
    private(set) var actions: [Action] = []
    private(set) var isInsideInstruction = false
    private var steps: [Step]
    private var isHalf = false
    /// How many more runs the guest is in the handler of a non-maskable interrupt.
    private var blockedRuns: Int
    /// What is on its way into the guest is in it until the guest executes.
    private var present = ProcessorState()
    private let kicks = DispatchSemaphore(value: 0)

    init(
        _ steps: [Step],
        canTakeInterrupt: Bool = true,
        blockedRuns: Int = 0,
        state: (inout ProcessorState) -> Void = { _ in }
    ) throws {
        memory = try GuestMemory(regions: [.init(address: GuestPhysicalAddress(0), size: 0x1_0000)])
        self.steps = steps
        self.canTakeInterrupt = canTakeInterrupt
        self.blockedRuns = blockedRuns
        state(&present)
    }

    mutating func run() throws(EngineError) -> Exit {
        let exit = try next()
        actions.append(.ran(exit))
        return exit
    }

    mutating func step() throws(EngineError) -> Exit {
        let exit = try next()
        actions.append(.stepped(exit))
        return exit
    }

    private mutating func next() throws(EngineError) -> Exit {
        present.pending = ProcessorState.PendingEvents()
        (isInsideInstruction, isHalf) = (false, false)
        guard !steps.isEmpty else { throw .hostLacks("more of the script") }
        let exit: Exit
        switch steps.removeFirst() {
        case .exit(let next): exit = next
        case .half(let next): (exit, isHalf) = (next, true)
        case .silence:
            guard kicks.wait(timeout: .now() + 7200) == .success else { throw .hostLacks("a kick") }
            exit = .kicked
        }
        blockedRuns -= 1
        return exit
    }

    mutating func completePendingAccess() throws(EngineError) {
        if isHalf { (isHalf, isInsideInstruction) = (false, true) }
        if isInsideInstruction { throw .unfinishedInstruction }
    }

    mutating func maskAddressLine20(_ isMasked: Bool) { present.masksAddressLine20 = isMasked }

    mutating func inject(vector: UInt8) { actions.append(.injected(vector)) }
    func canTakeNonMaskable() -> Bool { blockedRuns <= 0 }
    mutating func injectNonMaskable() {
        present.pending.nmiPending = true
        actions.append(.injectedNonMaskable)
    }
    mutating func requestInterruptWindow(_ wanted: Bool) { actions.append(.requestedWindow(wanted)) }

    var kicker: ProcessorKicker { ProcessorKicker { [kicks] in kicks.signal() } }

    let exitRIP: UInt64 = 0
    var interruptFlag: Bool { canTakeInterrupt }
    let taskPriority: UInt8 = 0
    let exitRegisters: [UInt64] = []
    func canStop(in mode: GuestMode) -> Bool { true }
    mutating func answer(_ value: UInt64) {}
    mutating func answerHiddenRead(value: UInt64, auxiliary: UInt32, succeeded: Bool) {}
    mutating func refuse() {}
    mutating func setBreakpoints(_ addresses: [GuestVirtualAddress]) {}
    func exitAddress() -> GuestVirtualAddress { GuestVirtualAddress(exitRIP) }
    mutating func state() -> ProcessorState { present }
    mutating func executionState() -> ProcessorState { present }
    mutating func restore(_ state: ProcessorState) {}
    mutating func takeDirtyPages(expecting: Set<GuestPhysicalAddress>) -> [GuestPhysicalAddress] { [] }
}
