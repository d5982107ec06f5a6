internal import Devices
internal import Engine
internal import GuestMemory
internal import Machine
internal import TraceFormat
internal import X86

extension Runner where P: ~Copyable, B: ~Copyable, Sink: ~Copyable {
    /// Looks at the code that the guest has reached with an exit, unless it has been there before.
    @inline(__always)
    mutating func followCode(after exit: Exit) throws(EngineError) {
        guard discovery != nil else { return }
        if exit.isSynchronous, discovery?.expects(atRIP: processor.exitRIP, in: processor.memory) == true { return }
        try discoverCode(after: exit)
    }

    /// Replaces instructions that read hidden state in code that the guest has reached for the first time.
    ///
    /// A replay has to replace them at the same moment, so the trace records the changes as a device's writes to
    /// memory.
    private mutating func discoverCode(after exit: Exit) throws(EngineError) {
        guard exit.isSynchronous || exit.isDebug, !processor.isInsideInstruction else { return }
        let rip = processor.exitRIP
        let place = try processor.exitAddress()
        discovery?.expect(place, atRIP: rip)
        guard discovery?.knows(place, in: processor.memory) == false || exit.isDebug, try finishesInstruction() else {
            return
        }
        let state = try processor.state()
        let before = discovery?.breakpoints
        let patches =
            exit.isDebug
            ? discovery?.enter(state, in: processor.memory)
            : discovery?.explore(place, state, in: processor.memory)
        guard let patches, let breakpoints = discovery?.breakpoints else { return }
        if breakpoints != before { try processor.setBreakpoints(breakpoints) }
        if !patches.isEmpty { try fixMoment() }
        for patch in patches {
            do { try processor.memory.write(patch.replacement, at: patch.address) } catch { throw .memory(error) }
            appendInput(.deviceWrite(address: patch.address, bytes: patch.replacement))
        }
    }
}
