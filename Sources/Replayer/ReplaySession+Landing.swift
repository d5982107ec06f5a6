internal import Digest
internal import Dispatch
internal import Engine
internal import TraceFormat
internal import X86

/// Gets a thread of its own when a landing takes too long: guests that run can keep all shared ones busy.
private let landingWatch = DispatchQueue(label: "landing watch", qos: .userInteractive)

extension ReplaySession where P: ~Copyable {
    /// Brings the guest to an asynchronous keyframe, by executing where this host can and by restoring it where not.
    mutating func land(onKeyframe number: UInt32, _ recorded: RecordedEvent) throws {
        let keyframe = try keyframe(number, recorded)
        let privilege = keyframe.state.privilegeLevel
        if landing != .portable, !deafPrivileges.contains(privilege), try execute(to: keyframe, recorded) {
            report.epochsExecuted += 1
        } else {
            guard landing != .exact else { throw ReplayStop.error(.cannotLand(recorded.ordinal, privilege: privilege)) }
            try jump(to: keyframe, recorded)
            report.epochsJumped += 1
        }
        report.digest = keyframe.digest
    }

    /// Executes up to a keyframe's state.
    ///
    /// A breakpoint stops the guest before each execution of the instruction at which the recording was interrupted, and the
    /// whole state is compared each time: equal states are the same moment, also in a loop whose registers never change.
    ///
    /// - Returns: false if the guest went elsewhere or too long without reaching it; it then stands anywhere.
    private mutating func execute(to keyframe: Keyframe, _ recorded: RecordedEvent) throws -> Bool {
        var target = try LandingTarget(keyframe)
        let address = keyframe.state.instructionAddress
        try processor.completePendingAccess()
        let watchdog = DispatchWorkItem { [kicker = processor.kicker] in kicker.kick() }
        let milliseconds = recorded.time - min(recorded.time, recent.inOrder.last?.time ?? recorded.time)
        let bound = max(landingBound.seconds, landingBound.factor * Double(milliseconds) / 1000)
        landingWatch.asyncAfter(deadline: .now() + bound, execute: watchdog)
        defer {
            watchdog.cancel()
            try? processor.setBreakpoints([])
        }
        var stops = 0
        while try !isAt(&target, keyframe) {
            // A breakpoint does not let the instruction under it pass. (An equal RIP in another segment costs one step.)
            if processor.exitRIP == keyframe.state.rip {
                guard try processor.step() == .debug else { return false }
                if processor.exitRIP == keyframe.state.rip { continue }
            }
            try processor.setBreakpoints([address])
            var exit = try processor.run()
            while exit == .interruptWindow { exit = try processor.run() }
            guard exit == .debug else {
                // A host that can not stop the guest at its privilege level says nothing about it.
                if stops == 0 { deafPrivileges.insert(keyframe.state.privilegeLevel) }
                return false
            }
            stops += 1
        }
        return true
    }

    /// Whether the guest is in a keyframe's state.
    mutating func isAt(_ target: inout LandingTarget, _ keyframe: Keyframe) throws -> Bool {
        guard target.matches(registers: processor.exitRegisters), try target.matches(memory: processor.memory) else {
            return false
        }
        guard try capture().digest == keyframe.digest else { return false }
        stand(at: keyframe)
        return true
    }
}
