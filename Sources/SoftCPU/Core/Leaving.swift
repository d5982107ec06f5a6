/// Ends the run in front of an instruction that faults, or that waits for an answer.
@inline(never)
func raise(_ cpu: CPU, _ operation: Operation, _ fault: Fault) {
    cpu.endBounce()
    if !fault.isInNewTask { cpu.state.ip = (cpu.state.blockIP &+ UInt64(operation.offset)) & cpu.state.mode.ipMask }
    cpu.state.remaining &+= Int(operation.rest)
    switch fault.vector {
    case Fault.leave:
        // It has not been executed and will be again.
        cpu.state.remaining &+= 1
        cpu.state.leaveReason = .exit
    case Fault.step:
        cpu.state.remaining &+= 1
        cpu.state.leaveReason = .none
    default:
        cpu.state.fault = fault
        cpu.state.leaveReason = .fault
    }
}

/// Ends the run behind an instruction.
func leaveBehind(_ cpu: CPU, _ operation: Operation) {
    cpu.state.ip = cpu.ipBehind(operation)
    cpu.state.remaining &+= Int(operation.rest)
    cpu.state.leaveReason = .none
}

extension CPU {
    /// Offset in the code segment of what is behind an instruction.
    @inline(__always)
    func ipBehind(_ operation: Operation) -> UInt64 {
        let ip = state.blockIP &+ operation.end
        if state.mode.contains(.long) { return ip }
        // 16-bit code wraps within 64 KiB only where it jumps: running over the end is a fault.
        return ip & 0xFFFF_FFFF
    }
}

/// Executes an instruction that may fault, and goes on with the next operation.
@inline(__always)
func attempt(_ state: UInt, _ operation: UInt, _ body: (CPU, Operation) throws(Fault) -> Void) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    do { try body(cpu, operation) } catch { return raise(cpu, operation, error) }
    if cpu.state.codeChanged { return leaveBehind(cpu, operation) }
    next(cpu, operation)
}

/// Executes an instruction that may fault and ends its block: ``ProcessorRegisters/ip`` is that behind it, unless the body
/// sets another. The loop looks at everything that may have changed.
@inline(__always)
func attemptAndLeave(_ state: UInt, _ operation: UInt, _ body: (CPU, Operation) throws(Fault) -> Void) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    cpu.state.ip = cpu.ipBehind(operation)
    do { try body(cpu, operation) } catch { return raise(cpu, operation, error) }
    cpu.state.leaveReason = .none
}
