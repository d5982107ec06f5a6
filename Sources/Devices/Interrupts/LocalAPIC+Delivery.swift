extension LocalAPIC {
    /// APIC software enable, bit 8 of the spurious-interrupt vector register.
    var isSoftwareEnabled: Bool { state.spurious & 1 << 8 != 0 }

    /// PPR: the higher of the task's priority and that of the interrupt in service.
    var processorPriority: UInt8 {
        let inService = state.inService.highest ?? 0
        return state.taskPriority >> 4 >= inService >> 4 ? state.taskPriority : inService & 0xF0
    }

    /// The request that outranks the processor's priority.
    var deliverable: UInt8? {
        guard isGloballyEnabled, isSoftwareEnabled, let vector = state.requests.highest else { return nil }
        return vector >> 4 > processorPriority >> 4 ? vector : nil
    }

    func isAddressed(_ destination: UInt8, isLogical: Bool) -> Bool {
        guard isLogical else { return destination == 0xFF || destination == state.identifier }
        // The flat model compares bits; in the cluster model the upper four name the cluster.
        guard state.destinationFormat >> 4 != 0xF else { return destination & state.logicalDestination != 0 }
        let isCluster = destination >> 4 == 0xF || destination >> 4 == state.logicalDestination >> 4
        return isCluster && destination & state.logicalDestination & 0xF != 0
    }

    mutating func accept(_ mode: InterruptMessage.DeliveryMode, vector: UInt8, isLevelTriggered: Bool) {
        switch mode {
        case .fixed, .lowestPriority: request(vector, isLevelTriggered: isLevelTriggered)
        case .systemManagement: state.signals.insert(.systemManagementInterrupt)
        case .nonMaskable: state.signals.insert(.nonMaskableInterrupt)
        case .initialize: state.signals.insert(.initialize)
        // The processor is already running, and only the 8259 pair knows the vector of an external interrupt.
        case .startUp, .external: break
        }
    }

    private mutating func request(_ vector: UInt8, isLevelTriggered: Bool) {
        guard isSoftwareEnabled else { return }
        guard vector >= 16 else {
            report(.receivedIllegalVector)
            return
        }
        state.requests.insert(vector)
        if isLevelTriggered {
            state.levelTriggered.insert(vector)
        } else {
            state.levelTriggered.remove(vector)
        }
    }

    /// Carries out an entry of the local vector table.
    mutating func raise(_ entry: LocalVector) {
        guard isGloballyEnabled, !entry.isMasked, let mode = entry.mode else { return }
        accept(mode, vector: entry.vector, isLevelTriggered: false)
    }

    mutating func report(_ error: Errors) {
        let isNew = !state.errors.contains(error)
        state.errors.insert(error)
        let entry = state.errorEntry
        // An error entry with an illegal vector would report itself for ever.
        guard isNew, !entry.isMasked, entry.vector >= 16 else { return }
        accept(.fixed, vector: entry.vector, isLevelTriggered: false)
    }

    /// A write to EOI. Returns the vector that was in service if the I/O APIC must be told of its end.
    mutating func endInterrupt() -> UInt8? {
        guard let vector = state.inService.highest else { return nil }
        state.inService.remove(vector)
        guard state.levelTriggered.contains(vector) else { return nil }
        state.levelTriggered.remove(vector)
        return vector
    }

    /// A write to the low half of ICR sends a message. This processor is the only possible receiver.
    mutating func sendCommand() {
        let command = InterruptCommand(rawValue: state.command)
        guard let mode = command.mode else { return }
        if mode == .fixed || mode == .lowestPriority, command.vector < 16 {
            report(.sentIllegalVector)
            return
        }
        // INIT with de-assert concerns only processors that do not exist here.
        if mode == .initialize, command.isLevelTriggered, !command.isAsserted { return }
        let isForSelf =
            switch command.shorthand {
            case .none: isAddressed(command.destination, isLogical: command.isLogical)
            case .ownself, .all: true
            case .others: false
            }
        guard isForSelf else { return }
        accept(mode, vector: command.vector, isLevelTriggered: false)
    }
}
