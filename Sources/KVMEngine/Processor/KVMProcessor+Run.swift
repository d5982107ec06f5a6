public import Engine
internal import KVMCore
public import X86

extension KVMProcessor {
    /// RIP as the last exit left it; see ``Processor/exitRIP``.
    public var exitRIP: UInt64 { vcpu.syncedInstructionPointer }

    /// Where the last exit was; see ``Processor/exitAddress()``.
    public mutating func exitAddress() throws(EngineError) -> GuestVirtualAddress {
        let rip = exitRIP
        guard rip <= UInt64(UInt16.max) else { return GuestVirtualAddress(rip) }
        let base = wantSpecialRegisters() ? vcpu.syncedCodeBase : try specialRegisters().cs.base
        return GuestVirtualAddress((base &+ rip) & 0xFFFF_FFFF)
    }

    /// Segment and control registers as the last exit left them.
    mutating func exitSpecialRegisters() throws(EngineError) -> SpecialRegisters {
        wantSpecialRegisters() ? vcpu.syncedSpecialRegisters : try specialRegisters()
    }

    /// Makes the next runs bring the special registers back, if they are needed often. Returns whether the last run has
    /// done so.
    ///
    /// Bringing them back with a run costs less than a call that reads them, but more than leaving them out.
    private mutating func wantSpecialRegisters() -> Bool {
        specialRegisterNeeds.arise()
        choosesRegisters = true
        return vcpu.freshRegisters.contains(.special)
    }

    private func specialRegisters() throws(EngineError) -> SpecialRegisters {
        do { return try vcpu.specialRegisters() } catch { throw .kvm(error) }
    }

    private mutating func chooseSynchronizedRegisters() {
        var wanted: SyncedRegisterSets = .general
        if specialRegisterNeeds.isExpected() { wanted.insert(.special) }
        if stateNeeds.isExpected() { wanted = Self.stateRegisters }
        if vcpu.synchronizedRegisters != wanted { vcpu.synchronizedRegisters = wanted }
        choosesRegisters = wanted != .general || specialRegisterNeeds.isRecent || stateNeeds.isRecent
    }

    /// Executes until the next exit, or hands out the next element of the last one.
    public mutating func run() throws(EngineError) -> Exit {
        if isInsideInstruction, let exit = restOfInstruction() { return exit }
        if writtenAPICBase != nil { try takeAPICBase() }
        hasUntakenInterrupt = false
        if choosesRegisters { chooseSynchronizedRegisters() }
        while true {
            let outcome: RunOutcome
            // If it fails, it is unknown how far it came, so what was to be completed may still be.
            do { outcome = try vcpu.run() } catch { throw .kvm(error) }
            access = .none
            switch outcome {
            case .exit:
                // Most exits are this. The others are told apart below.
                if let exit = takeSinglePortAccess() { return exit }
                if let exit = try takeOtherExit() { return exit }
            case .kicked: return .kicked
            case .interrupted, .again, .completed: continue
            }
        }
    }

    /// The last run's exit, if it is a port access of one element that is none of a hidden read.
    @inline(__always)
    private mutating func takeSinglePortAccess() -> Exit? {
        guard let port = vcpu.singlePortAccess else { return nil }
        if !port.isWrite {
            access = .portRead
            return .portRead(port.port, port.size)
        }
        guard !trapPorts.contains(port.port.rawValue) else { return nil }
        access = .write
        return .portWrite(port.port, port.size, value: port.value)
    }

    /// The last run's exit, whatever it is. Nil if the guest has to run on: its instruction was completed for the host.
    private mutating func takeOtherExit() throws(EngineError) -> Exit? {
        let exit = takeExit()
        switch exit {
        case .portWrite: return try hiddenRead(exit) ?? exit
        case .emulationFailure:
            guard try completeInstruction() else { return exit }
            guard isStepping else { return nil }
            // The run left the registers as they were before the instruction.
            do { _ = try vcpu.completePendingExit() } catch { throw .kvm(error) }
            return .debug
        // KVM reports that CR8 was lowered instead of that the step is done.
        case .interruptWindow where isStepping: return .debug
        default: return exit
        }
    }

    private mutating func takeExit() -> Exit {
        let exit: Exit
        (exit, access) = vcpu.takeExit()
        if exit == .tripleFault { isShutDown = true }
        followLocalAPIC(exit)
        return exit
    }

    /// Whether ``run()`` would hand out another access of the same instruction before executing anything.
    public var isInsideInstruction: Bool {
        if held != nil { return true }
        guard case .port(_, _, _, let index, let count) = access else { return false }
        return index + 1 < count
    }

    /// The exit that came while the one before it was completed, or the next element of the last one.
    private mutating func restOfInstruction() -> Exit? {
        if let exit = held {
            held = nil
            return exit
        }
        guard case .port(let port, let size, let isRead, let index, let count) = access, index + 1 < count else {
            return nil
        }
        access = .port(port, size, isRead: isRead, index: index + 1, count: count)
        return isRead ? .portRead(port, size) : .portWrite(port, size, value: vcpu.writtenElement(index + 1))
    }

    /// Answers the pending read with the value's low bytes, as many as the read asked for.
    public mutating func answer(_ value: UInt64) {
        switch access {
        case .portRead: vcpu.answerSinglePortRead(UInt32(truncatingIfNeeded: value))
        case .port(_, _, isRead: true, let index, _): vcpu.fillElement(index, value)
        case .memoryRead: vcpu.fillMemoryRead(value)
        case .modelSpecificRead: vcpu.answerMSRRead(value)
        case .none, .port, .write, .refused, .hiddenRead: break
        }
    }

    /// Answers the pending RDMSR or WRMSR with a general-protection fault.
    public mutating func refuse() {
        vcpu.refuseMSRAccess()
        access = .refused
        writtenAPICBase = nil
    }

    /// Finishes the instruction of the last exit; see ``Processor/completePendingAccess()``.
    public mutating func completePendingAccess() throws(EngineError) {
        // KVM would finish an instruction of many elements although some have not been answered yet.
        if isInsideInstruction { throw .unfinishedInstruction }
        if access.isNone { return }
        try takeAPICBase()
        do {
            guard try vcpu.completePendingExit() == .exit else {
                access = .none
                return
            }
        } catch {
            throw .kvm(error)
        }
        held = takeExit()
        throw .unfinishedInstruction
    }

    /// Whether an interrupt injected now is taken before the next instruction.
    ///
    /// Never between two elements of a repeated INS or OUTS: the host chooses how many of them one exit covers, and a
    /// replay on another host could not stop there. Nor before a fault that must come first.
    public var canTakeInterrupt: Bool {
        guard vcpu.readyForInterruptInjection, !hasUntakenInterrupt else { return false }
        return !isInsideInstruction && !isFaulting
    }

    /// Whether the last exit's instruction ends in a fault that has not been raised yet.
    private var isFaulting: Bool {
        if case .refused = access { true } else { false }
    }

    /// Whether RFLAGS.IF was set at the last exit.
    public var interruptFlag: Bool { vcpu.interruptFlag }

    /// CR8 as the last exit left it; see ``Processor/taskPriority``.
    public var taskPriority: UInt8 { UInt8(truncatingIfNeeded: vcpu.taskPriority) }

    /// Injects a maskable interrupt; ``canTakeInterrupt`` must hold.
    public mutating func inject(vector: UInt8) throws(EngineError) {
        do { try vcpu.interrupt(vector: vector) } catch { throw .kvm(error) }
        hasUntakenInterrupt = true
    }

    /// Whether a non-maskable interrupt injected now is taken next; see ``Processor/canTakeNonMaskable()``.
    public func canTakeNonMaskable() throws(EngineError) -> Bool {
        guard !isFaulting else { return false }
        do {
            let present = try vcpu.events().nmi
            return !present.masked && !present.injected && present.pending == 0
        } catch {
            throw .kvm(error)
        }
    }

    /// Injects a non-maskable interrupt; ``canTakeNonMaskable()`` must hold.
    public mutating func injectNonMaskable() throws(EngineError) {
        do { try vcpu.nmi() } catch { throw .kvm(error) }
    }

    /// Asks for ``Exit/interruptWindow`` once the guest can take an interrupt, or cancels that.
    public mutating func requestInterruptWindow(_ wanted: Bool) {
        vcpu.requestsInterruptWindow = wanted
    }
}

extension VCPU {
    /// The last exit as the engine's type, and what it needs from the driver.
    fileprivate mutating func takeExit() -> (Exit, PendingAccess) {
        switch exit {
        case .portRead(let port, let size, let data):
            let count = data.byteCount / size.byteCount
            return (.portRead(port, size), .port(port, size, isRead: true, index: 0, count: count))
        case .portWrite(let port, let size, let data):
            let value = UInt32(truncatingIfNeeded: data.integer(at: 0, size.byteCount))
            let count = data.byteCount / size.byteCount
            return (.portWrite(port, size, value: value), .port(port, size, isRead: false, index: 0, count: count))
        case .memoryRead(let address, let data):
            return (.memoryRead(address, length: UInt8(data.byteCount)), .memoryRead)
        case .memoryWrite(let address, let data):
            let value = data.integer(at: 0, data.byteCount)
            return (.memoryWrite(address, length: UInt8(data.byteCount), value: value), .write)
        case .msrRead(let number, _): return (.readMSR(number.rawValue), .modelSpecificRead)
        case .msrWrite(let number, let value, _): return (.writeMSR(number.rawValue, value: value), .write)
        case .halt: return (.halt, .none)
        case .shutdown: return (.tripleFault, .none)
        case .interruptWindowOpen: return (.interruptWindow, .none)
        case .taskPriorityLowered: return (.interruptWindow, .none)
        case .interrupted: return (.kicked, .none)
        case .debug: return (.debug, .none)
        case .emulationFailure: return (.emulationFailure, .none)
        case .internalError(let suberror, _): return (.hostLimit(.internalError(number: suberror)), .none)
        case .entryFailure(let reason, _): return (.hostLimit(.entryRefused(reason: reason)), .none)
        case .unknown(let reason): return (.hostLimit(.entryRefused(reason: reason)), .none)
        case .unsupported(let reason): return (.hostLimit(.unexpectedExit(number: reason)), .none)
        default: break
        }
        return (.hostLimit(.unexpectedExit(number: exitReason.rawValue)), .none)
    }

    /// One element of the OUTS that caused the last exit.
    fileprivate mutating func writtenElement(_ index: Int) -> UInt32 {
        guard case .portWrite(_, let size, let data) = exit else { return 0 }
        return UInt32(truncatingIfNeeded: data.integer(at: index * size.byteCount, size.byteCount))
    }

    /// Fills one element of the IN or INS that caused the last exit.
    fileprivate mutating func fillElement(_ index: Int, _ value: UInt64) {
        guard case .portRead(_, let size, var data) = exit else { return }
        data.store(value, at: index * size.byteCount, size.byteCount)
    }

    /// Fills the memory read that caused the last exit.
    fileprivate mutating func fillMemoryRead(_ value: UInt64) {
        guard case .memoryRead(_, var data) = exit else { return }
        data.store(value, at: 0, data.byteCount)
    }
}

extension RawSpan {
    /// A little-endian integer of 1 to 8 bytes; bytes past the end count as zero.
    fileprivate func integer(at offset: Int, _ count: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<min(count, byteCount - offset, 8) {
            // SAFETY: offset + index is less than the span's size.
            value |= UInt64(unsafe unsafeLoad(fromByteOffset: offset + index, as: UInt8.self)) << UInt64(8 * index)
        }
        return value
    }
}

extension MutableRawSpan {
    /// Stores the low 1 to 8 bytes of an integer, little-endian, as far as the span goes.
    fileprivate mutating func store(_ value: UInt64, at offset: Int, _ count: Int) {
        for index in 0..<min(count, byteCount - offset, 8) {
            let byte = UInt8(truncatingIfNeeded: value >> UInt64(8 * index))
            storeBytes(of: byte, toByteOffset: offset + index, as: UInt8.self)
        }
    }
}
