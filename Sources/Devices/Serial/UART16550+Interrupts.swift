internal import Platform

extension UART16550 {
    /// The interrupt of highest priority that is enabled and pending.
    var pendingInterrupt: Interrupt? {
        let enabled = state.interruptEnable
        if enabled.contains(.lineStatus), !state.lineErrors.isEmpty { return .lineStatus }
        if enabled.contains(.receivedData), !state.received.isEmpty {
            // A byte takes no time in this machine, so bytes in a FIFO below its trigger level have waited long enough
            // for the time-out.
            return !state.usesFIFO || state.received.count >= state.trigger ? .receivedData : .characterTimeout
        }
        if enabled.contains(.transmitterEmpty), state.transmitterInterrupt { return .transmitterEmpty }
        if enabled.contains(.modemStatus), !state.modemStatus.isDisjoint(with: .changes) { return .modemStatus }
        return nil
    }

    mutating func readInterruptIdentification() -> UInt8 {
        let interrupt = pendingInterrupt
        if interrupt == .transmitterEmpty { state.transmitterInterrupt = false }
        let fifo: UInt8 = state.usesFIFO ? Interrupt.fifoEnabled : 0
        return fifo | (interrupt?.rawValue ?? Interrupt.none)
    }

    var lineStatus: LineStatus {
        var status = state.lineErrors
        status.formUnion([.transmitterHoldingEmpty, .transmitterEmpty])
        if !state.received.isEmpty { status.insert(.dataReady) }
        if state.usesFIFO, !state.lineErrors.isDisjoint(with: .errorsInFIFO) { status.insert(.fifoError) }
        return status
    }

    /// The modem inputs come from the other end of the line, or, in loop-back mode, from the port's own outputs.
    mutating func followModemInputs() {
        var inputs = state.lineInputs
        if state.modemControl.contains(.loopback) {
            inputs = []
            if state.modemControl.contains(.requestToSend) { inputs.insert(.clearToSend) }
            if state.modemControl.contains(.dataTerminalReady) { inputs.insert(.dataSetReady) }
            if state.modemControl.contains(.output1) { inputs.insert(.ringIndicator) }
            if state.modemControl.contains(.output2) { inputs.insert(.dataCarrierDetect) }
        }
        let before = state.modemStatus
        let changed = before.symmetricDifference(inputs)
        if changed.contains(.clearToSend) { state.modemStatus.insert(.clearToSendChanged) }
        if changed.contains(.dataSetReady) { state.modemStatus.insert(.dataSetReadyChanged) }
        if changed.contains(.dataCarrierDetect) { state.modemStatus.insert(.dataCarrierDetectChanged) }
        // Only the end of a ring is reported.
        if changed.contains(.ringIndicator), before.contains(.ringIndicator) {
            state.modemStatus.insert(.ringIndicatorEnded)
        }
        state.modemStatus = state.modemStatus.intersection(.changes).union(inputs)
    }
}
