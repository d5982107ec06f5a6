public import GDBStub
internal import Replayer
public import X86

extension RecordingTarget: WritableTarget where P: ~Copyable {
    /// Changes the processor. The guest leaves the recording by that, until ``go(to:)``.
    public func write(_ state: ProcessorState) throws(DebugTargetError) {
        do { try debugger.write(state) } catch { throw DebugTargetError(error) }
    }

    /// Changes memory at a linear address. The guest leaves the recording by that, until ``go(to:)``.
    public func write(_ bytes: [UInt8], at address: UInt64) throws(DebugTargetError) {
        let memory = try memory(at: address, count: bytes.count)
        do { try debugger.write(bytes, to: memory) } catch { throw DebugTargetError(error) }
    }

    private func memory(at address: UInt64, count: Int) throws(DebugTargetError) -> WatchedMemory {
        let memory: WatchedMemory?
        do {
            var view = try debugger.view()
            memory = try WatchedMemory(linear: GuestVirtualAddress(address), count: count, in: &view)
        } catch { throw DebugTargetError(error) }
        guard let memory else { throw DebugTargetError("nothing is mapped at 0x\(String(address, radix: 16))") }
        return memory
    }

    /// Lets a changed guest run.
    func performDiverted(_ resumption: Resumption, _ isInterrupted: () -> Bool) throws(TimelineError) -> DebugStop {
        let stop: DebugStop
        switch resumption {
        case .step: stop = meaning(try debugger.stepDiverted())
        case .run: stop = meaning(try debugger.runDiverted(isInterrupted: isInterrupted))
        case .stepInRange(let range): stop = try stepDiverted(in: range, isInterrupted)
        case .stepBack, .runBack: throw .cannotGoBack
        }
        if let moment = debugger.diversion { messages.append("in a diversion from moment \(moment)") }
        return stop
    }

    private func stepDiverted(
        in range: Range<UInt64>,
        _ isInterrupted: () -> Bool
    ) throws(TimelineError) -> DebugStop {
        while true {
            let stop = try debugger.stepDiverted()
            guard stop == .stepped else { return meaning(stop) }
            let address = try debugger.state().instructionAddress
            if debugger.breakpoints.contains(address) { return .breakpoint }
            guard range.contains(address.rawValue) else { return .stepped }
            if isInterrupted() { return .interrupted }
        }
    }
}
