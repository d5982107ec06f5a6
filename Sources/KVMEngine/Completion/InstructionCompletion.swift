internal import Engine
internal import GuestMemory
internal import X86

/// What executing one instruction does to a processor, for the instructions that are completed for a host.
///
/// For all others, and whenever the processor would do more than this, the host's failure stands.
struct InstructionCompletion {
    /// Which instruction it is.
    let instruction: CompletedInstruction
    /// The processor's state after it, or on entry to a handler.
    let state: ProcessorState
    /// What it has written to memory.
    let writes: [MemoryWrite]

    /// - Parameters:
    ///   - before: the state before the instruction.
    ///   - memory: the memory of the instruction and its operands.
    ///   - cpuid: the features that the guest may use.
    init?(before: ProcessorState, memory: GuestMemory, cpuid: [CPUIDEntry]) {
        let isVirtual8086 = before.rflags & Flag.virtual8086 != 0
        guard !isVirtual8086, before.privilegeLevel == 0,
            before.pending.interrupt == nil, !before.pending.nmiInjected,
            let decoded = DecodedOperation(
                memory.read(before.instructionAddress, count: 15, in: before),
                mode: before.mode
            ),
            before.mode != .real || decoded.operation.isInterrupt
        else { return nil }
        var after = before
        // The emulator left an exception for the instruction that it does not know.
        after.pending.exception = nil
        after.pending.interruptShadow = []
        after.rip = Self.advanced(before, by: decoded.length)
        var writes: [MemoryWrite] = []
        switch decoded.operation {
        case .int3:
            guard Self.interrupt(3, before, &after, memory, by: { $0.exception = .init(vector: 3) }) else { return nil }
            instruction = .int3
        case .int(let vector):
            let interrupt = ProcessorState.PendingEvents.Interrupt(vector: vector, soft: true)
            guard Self.interrupt(vector, before, &after, memory, by: { $0.interrupt = interrupt }) else { return nil }
            instruction = .int
        case .into:
            let overflows = before.rflags & Flag.overflow != 0
            guard
                !overflows || Self.interrupt(4, before, &after, memory, by: { $0.exception = .init(vector: 4) })
            else { return nil }
            instruction = .into
        case .iret:
            guard let returned = InterruptReturn(before, memory)?.state else { return nil }
            after = returned
            instruction = .iret
        case .fwait:
            guard Self.completeWait(before, &after) else { return nil }
            instruction = .fwait
        case .prefetch:
            instruction = .prefetch
        case .flush(let feature, let address):
            guard feature.isShown(by: cpuid), let linear = address.linear(in: before, next: after.rip),
                memory.translate(linear, in: before) != nil
            else { return nil }
            instruction = .flush
        case .clac, .stac:
            guard CPUFeature.supervisorAccessPrevention.isShown(by: cpuid) else { return nil }
            let isSet = decoded.operation == .stac
            after.rflags = isSet ? before.rflags | Flag.alignmentCheck : before.rflags & ~Flag.alignmentCheck
            instruction = isSet ? .stac : .clac
        case .compareExchange(let address):
            guard CPUFeature.compareExchange16.isShown(by: cpuid),
                let linear = address.linear(in: before, next: after.rip),
                let exchange = CompareExchange(before, after, at: linear, memory)
            else { return nil }
            (after, writes) = (exchange.state, exchange.writes)
            instruction = .cmpxchg16b
        }
        // With TF set, an instruction that enters no handler raises a debug exception after it.
        let entersHandler = after.pending.exception != nil || after.pending.interrupt != nil
        guard entersHandler || before.rflags & Flag.trap == 0 else { return nil }
        state = after
        self.writes = writes
    }

    /// Raises an interrupt after the instruction, or, at the instruction, the fault that prevents its handler from
    /// being entered.
    private static func interrupt(
        _ vector: UInt8,
        _ before: ProcessorState,
        _ after: inout ProcessorState,
        _ memory: GuestMemory,
        by raise: (inout ProcessorState.PendingEvents) -> Void
    ) -> Bool {
        guard let interrupt = SoftwareInterrupt(vector: vector, before, memory) else { return false }
        if let fault = interrupt.fault {
            (after.rip, after.pending.exception) = (before.rip, fault)
        } else {
            raise(&after.pending)
        }
        return true
    }

    /// FWAIT checks what earlier x87 instructions left. It raises #NM or #MF, or does nothing.
    private static func completeWait(_ before: ProcessorState, _ after: inout ProcessorState) -> Bool {
        let (monitor, switched, numericError): (UInt64, UInt64, UInt64) = (1 << 1, 1 << 3, 1 << 5)
        if before.control.cr0 & (monitor | switched) == monitor | switched {
            (after.rip, after.pending.exception) = (before.rip, .init(vector: 7))
            return true
        }
        // Component 0 begins with FCW and FSW; bit 7 of FSW says that an unmasked exception is pending.
        let statusByte = before.extended.components[0].map { $0.count > 2 ? $0[2] : 0 } ?? 0
        guard statusByte & 0x80 != 0 else { return true }
        guard before.control.cr0 & numericError != 0 else { return false }
        (after.rip, after.pending.exception) = (before.rip, .init(vector: 16))
        return true
    }

    private static func advanced(_ state: ProcessorState, by length: Int) -> UInt64 {
        let next = state.rip &+ UInt64(length)
        return state.mode == .long64 ? next : next & 0xFFFF_FFFF
    }

    private enum Flag {
        static let trap: UInt64 = 1 << 8
        static let overflow: UInt64 = 1 << 11
        static let virtual8086: UInt64 = 1 << 17
        static let alignmentCheck: UInt64 = 1 << 18
    }
}

/// A feature that decides whether an instruction exists.
enum CPUFeature: Hashable {
    /// SMAP: CLAC and STAC.
    case supervisorAccessPrevention
    /// CX16: CMPXCHG16B.
    case compareExchange16
    case clflush
    case clflushopt
    case clwb

    /// Whether the guest's CPUID shows it.
    func isShown(by cpuid: [CPUIDEntry]) -> Bool {
        switch self {
        case .compareExchange16: (cpuid.first { $0.function == 1 }?.ecx ?? 0) & 1 << 13 != 0
        case .clflush: (cpuid.first { $0.function == 1 }?.edx ?? 0) & 1 << 19 != 0
        case .supervisorAccessPrevention: Self.leaf7(cpuid) & 1 << 20 != 0
        case .clflushopt: Self.leaf7(cpuid) & 1 << 23 != 0
        case .clwb: Self.leaf7(cpuid) & 1 << 24 != 0
        }
    }

    private static func leaf7(_ cpuid: [CPUIDEntry]) -> UInt32 {
        cpuid.first { $0.function == 7 && $0.index == 0 }?.ebx ?? 0
    }
}
