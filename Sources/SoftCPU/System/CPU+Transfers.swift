internal import X86

// Who is asked for transfers gets them from the handlers that make them. Those of calls that go on by themselves are left out of
// blocks then: see ``BlockBuilder/notesCalls``.
extension CPU {
    /// Notes these transfers from now on.
    func note(_ set: TransferSet) {
        let changesBlocks = set.contains(.calls) != state.watching.transfers.contains(.calls)
        state.watching.transfers = set
        if changesBlocks { forgetAllBlocks() }
    }

    /// What a transfer is noted of before it is made.
    struct TransferOrigin {
        /// Linear address of the instruction.
        var place: UInt64 = 0
        /// Linear address of what is behind it.
        var behind: UInt64 = 0
        /// Linear address of the top of the stack.
        var top: UInt64 = 0
        var level: UInt8 = 0
        var addressSpace: UInt64 = 0
    }

    /// Where the processor stands while a handler executes an instruction that ends its block; nothing if nobody wants to know.
    @inline(__always)
    func origin(_ operation: Operation) -> TransferOrigin {
        state.watching.transfers.isEmpty ? TransferOrigin() : wantedOrigin(operation)
    }

    @inline(never)
    private func wantedOrigin(_ operation: Operation) -> TransferOrigin {
        TransferOrigin(
            place: codeAddress((state.blockIP &+ UInt64(operation.offset)) & state.mode.ipMask),
            behind: codeAddress(state.ip),
            top: stackAddress(stackPointer),
            level: state.privilege,
            addressSpace: stackSpace
        )
    }

    /// Notes a call that has been made, with the return address on top of the stack unless it is kept elsewhere.
    @inline(never)
    func noteCall(_ kind: ControlTransfer.Kind, _ origin: TransferOrigin, isPushed: Bool = true) {
        guard notesCalls else { return }
        var transfer = transfer(kind, origin, returningTo: origin.behind)
        if isPushed { transfer.stackSlot = GuestVirtualAddress(stackAddress(stackPointer)) }
        transfer.addressSpace = stackSpace
        append(transfer)
    }

    /// Notes a return that has been made, with the return address from the stack unless it was kept elsewhere.
    @inline(never)
    func noteReturn(_ kind: ControlTransfer.Kind, _ origin: TransferOrigin, isPopped: Bool = true) {
        guard notesCalls else { return }
        var transfer = transfer(kind, origin, returningTo: codeAddress(state.ip))
        if isPopped { transfer.stackSlot = GuestVirtualAddress(origin.top) }
        transfer.addressSpace = origin.addressSpace
        append(transfer)
    }

    /// Notes an interruption that has been delivered.
    ///
    /// - Parameters:
    ///   - place: linear address at which the guest is to go on afterwards.
    ///   - level: the privilege level there.
    @inline(never)
    func noteInterruption(_ vector: UInt8, _ source: EventSource, from place: UInt64, level: UInt8, errorCode: UInt32?)
    {
        let kind: ControlTransfer.Kind =
            switch source {
            case .exception: .exception
            case .software: .softwareInterrupt
            case .external: .interrupt
            }
        guard state.watching.transfers.contains(kind == .interrupt ? .interrupts : .exceptions) else { return }
        let origin = TransferOrigin(place: place, behind: place, level: level)
        var transfer = transfer(kind, origin, returningTo: place)
        // The error code lies below what IRET takes.
        let width: UInt64 = isLongMode ? 8 : state.mode.contains(.code32) ? 4 : 2
        transfer.stackSlot = GuestVirtualAddress(stackAddress(stackPointer &+ (errorCode == nil ? 0 : width)))
        transfer.addressSpace = stackSpace
        transfer.vector = vector
        transfer.errorCode = errorCode
        if kind == .exception, vector == 14 { transfer.faultAddress = state.cr2 }
        append(transfer)
    }

    private func transfer(
        _ kind: ControlTransfer.Kind,
        _ origin: TransferOrigin,
        returningTo returnAddress: UInt64
    ) -> ControlTransfer {
        var transfer = ControlTransfer(
            kind,
            from: GuestVirtualAddress(origin.place),
            to: GuestVirtualAddress(codeAddress(state.ip)),
            returningTo: GuestVirtualAddress(returnAddress),
            stackSlot: nil
        )
        (transfer.sourceLevel, transfer.targetLevel) = (origin.level, state.privilege)
        return transfer
    }

    /// The address space that stacks of the present privilege belong to.
    private var stackSpace: UInt64 { state.privilege == 3 ? state.cr3.page : 0 }

    /// Linear address of a place in the stack segment.
    func stackAddress(_ pointer: UInt64) -> UInt64 {
        if state.mode.contains(.long) { return pointer }
        return (state.segments[SegmentNumber.ss].base &+ pointer & stackMask) & 0xFFFF_FFFF
    }

    private func append(_ transfer: ControlTransfer) {
        around.transfers.append(transfer)
        state.watching.hasTransfers = true
    }

    /// Tells the transfers that were noted since the last call how many instructions have been executed with them.
    @inline(never)
    func countTransfers(_ executed: UInt64) {
        state.watching.hasTransfers = false
        var index = around.transfers.count - 1
        while index >= 0, around.transfers[index].executed == 0 {
            around.transfers[index].executed = executed
            index -= 1
        }
    }

    /// Tells an interrupt by instruction that has just been noted which instruction that was.
    func setSourceOfInterrupt(_ place: UInt64) {
        guard state.watching.hasTransfers, let last = around.transfers.indices.last else { return }
        guard around.transfers[last].kind == .softwareInterrupt else { return }
        around.transfers[last].source = GuestVirtualAddress(place)
    }

    /// Whether calls are noted.
    var notesCalls: Bool { state.watching.transfers.contains(.calls) }
}
