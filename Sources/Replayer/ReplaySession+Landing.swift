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
        landingLooks = nil
        if landing != .portable, !deafPrivileges.contains(privilege), try execute(to: keyframe) {
            report.epochsExecuted += 1
        } else {
            guard landing != .exact else { throw ReplayStop.error(.cannotLand(recorded.ordinal, privilege: privilege)) }
            try jump(to: keyframe, recorded)
            report.epochsJumped += 1
        }
        report.digest = keyframe.digest
    }

    /// Executes up to a keyframe's state: equal states are the same moment, also in a loop whose registers never change.
    ///
    /// - Returns: false if the guest went elsewhere or too long without reaching it; it then stands anywhere.
    private mutating func execute(to keyframe: Keyframe) throws -> Bool {
        var target = try LandingTarget(keyframe)
        let search = try search(keyframe) { session, _ in try session.isAt(&target, keyframe) }
        landingLooks = search.isThere ? search.looks : nil
        // A host that can not stop the guest at its privilege level says nothing about it.
        if !search.isThere, search.stops == 0 { deafPrivileges.insert(keyframe.state.privilegeLevel) }
        return search.isThere
    }

    /// Executes up to a keyframe's instruction, as many times as it took to come to its state, whatever the state is now.
    ///
    /// - Returns: false if the guest went elsewhere or too long; it then stands anywhere.
    mutating func execute(to keyframe: Keyframe, looks: Int) throws -> Bool {
        try search(keyframe) { _, looked in looked == looks }.isThere && processor.exitRIP == keyframe.state.rip
    }

    /// Stops the guest before each execution of the instruction at which the recording was interrupted, and looks each time
    /// whether that is the moment.
    private mutating func search(
        _ keyframe: Keyframe,
        until isThere: (_ session: inout Self, _ looks: Int) throws -> Bool
    ) throws -> LandingSearch {
        let address = keyframe.state.instructionAddress
        try processor.completePendingAccess()
        let watchdog = DispatchWorkItem { [kicker = processor.kicker] in kicker.kick() }
        landingWatch.asyncAfter(deadline: .now() + landingBound, execute: watchdog)
        defer {
            watchdog.cancel()
            try? processor.setBreakpoint(nil)
        }
        var search = LandingSearch()
        while try !isThere(&self, search.looks) {
            search.looks += 1
            // A breakpoint does not let the instruction under it pass. (An equal RIP in another segment costs one step.)
            if processor.exitRIP == keyframe.state.rip {
                guard try processor.step() == .debug else { return search }
                if processor.exitRIP == keyframe.state.rip { continue }
            }
            try processor.setBreakpoint(address)
            guard try processor.run() == .debug else { return search }
            search.stops += 1
        }
        search.isThere = true
        return search
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

/// How a search for the moment of an asynchronous keyframe went.
struct LandingSearch {
    /// How many times the guest was looked at and was not there.
    var looks = 0
    /// How many times a breakpoint stopped it.
    var stops = 0
    var isThere = false
}
