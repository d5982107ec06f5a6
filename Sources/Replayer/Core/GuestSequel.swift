internal import Engine
internal import Platform
internal import RecordedMachine
internal import TraceFormat
internal import X86

/// What the guest's last exit means for the run, and therefore what may follow it.
public struct GuestSequel: Hashable, Sendable {
    /// What may follow an exit of the guest.
    private enum Next: Hashable {
        /// Anything may follow.
        case anything
        /// The end of the run, or the reset of the machine if the guest requested one.
        case end(Outcome)
        /// A non-maskable interrupt or the end, because the guest waits with interrupts disabled.
        case nonMaskableInterrupt
    }

    /// Whether the board is a unikernel's.
    let isUnikernel: Bool
    private var next = Next.anything
    /// The command that the keyboard controller has accepted, whose data byte has not arrived yet and can reset the machine.
    private var keyboardCommand: UInt8?

    /// Whether anything may follow.
    var allowsAnything: Bool { if case .anything = next { true } else { false } }

    init(isUnikernel: Bool) { self.isUnikernel = isUnikernel }

    /// Notes what may follow the exit that the guest has just made.
    mutating func note<P: Processor & ~Copyable>(_ event: Event, of processor: borrowing P) {
        next = .anything
        switch event {
        case .tripleFault: next = .end(.tripleFault)
        case .halt:
            if !isUnikernel, !processor.interruptFlag { next = .nonMaskableInterrupt }
        case .portWrite(let access):
            switch meaning(of: access, processor) {
            // A guest may have moved the register that switches the machine off.
            case .certain(.poweredOff), .possible, .nothing: break
            case .certain(let outcome): next = .end(outcome)
            }
            noteKeyboardCommand(access)
        default: break
        }
    }

    private func meaning<P: Processor & ~Copyable>(
        of write: PortAccess,
        _ processor: borrowing P
    ) -> RecordedEnd.Meaning {
        guard isUnikernel else { return RecordedEnd.meaning(ofPC: write, keyboardCommand: keyboardCommand) }
        // Only one of a unikernel's calls ends the run by itself. The others need no check.
        guard Hypercall(write.port) == .halt else { return .nothing }
        return RecordedEnd(board: BoardName.unikernel, exit: .portWrite(write))
            .meaning(in: processor.memory, interruptFlag: true)
    }

    /// Remembers the command whose byte must still arrive at the keyboard controller's data port.
    private mutating func noteKeyboardCommand(_ access: PortAccess) {
        guard let port = KeyboardPort(access.port) else { return }
        let command = UInt8(truncatingIfNeeded: access.value)
        keyboardCommand = port == .command && command == KeyboardCommand.writeOutputPort.rawValue ? command : nil
    }

    /// Forgets the guest's last exit, because the machine was put into another state.
    mutating func forget() { (next, keyboardCommand) = (.anything, nil) }

    /// What the guest has done that rules out the event as the next one; nil if the event may follow. States, and
    /// device reads and writes for the last exit, may always follow.
    mutating func contradiction(to event: Event) -> String? {
        switch next {
        case .anything: return nil
        case .end(let outcome): return Self.alwaysFollows(event) ? nil : "\(outcome)"
        case .nonMaskableInterrupt:
            if case .nonMaskableInterrupt = event {
                next = .anything
                return nil
            }
            return Self.alwaysFollows(event) ? nil : "the guest waits in HLT with interrupts disabled"
        }
    }

    fileprivate static func alwaysFollows(_ event: Event) -> Bool {
        switch event {
        case .keyframe, .end, .deviceRead, .deviceWrite: true
        default: false
        }
    }
}

extension ReplayCore where P: ~Copyable {
    /// Checks that an event may follow the guest's last exit.
    ///
    /// - Throws: a divergence if the guest has ended its run or is waiting, but the trace goes on as if it had not.
    mutating func checkSequel(_ recorded: RecordedEvent) throws(ReplayStop) {
        guard let actual = sequel.contradiction(to: recorded.event) else { return }
        throw divergence(at: recorded, expected: "\(recorded.event.kind)", actual: actual)
    }

    /// Finds what the guest's last exit before a keyframe, where the guest was put, lets follow. It does not look for a command
    /// of the keyboard controller before that exit.
    mutating func findSequel(at keyframe: Keyframe) throws(ReplayStop) {
        sequel.forget()
        // In front of other keyframes, the guest has executed or was reset since its last exit.
        guard keyframe.position == .synchronous else { return }
        let last = try onTrace(reader.last(before: keyframe.event) { !GuestSequel.alwaysFollows($0.event) })
        if let event = last?.event, event.kind.isExit { sequel.note(event, of: processor) }
    }

    /// Whether the guest's last exit before a reset caused the reset or may have caused it. A stretch may begin after
    /// that exit.
    func isResetAskedFor(before ordinal: EventOrdinal) throws(ReplayStop) -> Bool {
        let end = try onTrace(RecordedEnd(reader, before: ordinal))
        guard !end.isInterrupted else { return false }
        guard let exit = end.exit else { return reader.header.firstEvent > EventOrdinal(0) }
        if exit == .tripleFault { return true }
        return switch end.meaning(in: processor.memory, interruptFlag: true) {
        case .certain(let outcome): outcome == .reset
        case .possible(let endings): endings.contains(.reset)
        case .nothing: false
        }
    }
}
