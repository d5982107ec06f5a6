internal import Engine
internal import Platform
internal import RecordedMachine
internal import TraceFormat
internal import X86

/// What may follow an exit of the guest's.
enum Sequel: Equatable {
    /// Whatever comes.
    case anything
    /// The end of the run, or the reset of the machine if that is what the guest asked for.
    case end(Outcome)
    /// A non-maskable interrupt, or the end: the guest waits with interrupts disabled.
    case nonMaskableInterrupt
}

extension ReplaySession where P: ~Copyable {
    /// Notes what may follow the exit that the guest has just made.
    mutating func noteSequel(of event: Event) {
        sequel = .anything
        switch event {
        case .tripleFault: sequel = .end(.tripleFault)
        case .halt:
            if !isUnikernel, !processor.interruptFlag { sequel = .nonMaskableInterrupt }
        case .portWrite(let access):
            switch meaning(of: access) {
            // A guest may have moved the register that switches it off.
            case .certain(.poweredOff), .possible, .nothing: break
            case .certain(let outcome): sequel = .end(outcome)
            }
            noteKeyboardCommand(access)
        default: break
        }
    }

    private func meaning(of write: PortAccess) -> RecordedEnd.Meaning {
        guard isUnikernel else { return RecordedEnd.meaning(ofPC: write, keyboardCommand: keyboardCommand) }
        // Of a unikernel's calls only one ends the run by itself, and the others are not worth a look.
        guard Hypercall(write.port) == .halt else { return .nothing }
        return RecordedEnd(board: BoardName.unikernel, exit: .portWrite(write))
            .meaning(in: processor.memory, interruptFlag: true)
    }

    /// Remembers the command that waits for its byte at the keyboard controller's data port.
    private mutating func noteKeyboardCommand(_ access: PortAccess) {
        guard let port = KeyboardPort(access.port) else { return }
        keyboardCommand = port == .command ? UInt8(truncatingIfNeeded: access.value) : nil
    }

    /// Forgets the guest's last exit: the machine was put somewhere else.
    mutating func forgetSequel() { (sequel, keyboardCommand) = (.anything, nil) }

    /// Sees that an event may follow the guest's last exit. States, and what devices read and wrote for that exit, may always.
    ///
    /// - Throws: a divergence where the guest has ended its run, or waits, and the trace goes on as if it had not.
    mutating func checkSequel(_ recorded: RecordedEvent) throws {
        switch (sequel, recorded.event) {
        case (.anything, _), (_, .keyframe), (_, .end), (_, .deviceRead), (_, .deviceWrite): break
        case (.nonMaskableInterrupt, .nonMaskableInterrupt): sequel = .anything
        case (.end(let outcome), _):
            throw divergence(at: recorded, expected: "\(recorded.event.kind)", actual: "\(outcome)")
        case (.nonMaskableInterrupt, _):
            throw divergence(
                at: recorded,
                expected: "\(recorded.event.kind)",
                actual: "the guest waits in HLT with interrupts disabled"
            )
        }
    }

    /// Whether the guest's last exit before a reset has brought it about, or may have; a stretch may begin behind that.
    func isResetAskedFor(before ordinal: EventOrdinal) throws(TraceError) -> Bool {
        let end = try RecordedEnd(reader, before: ordinal)
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
