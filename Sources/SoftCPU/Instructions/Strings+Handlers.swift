/// Executes a string instruction: one element, or with a repeat prefix as many turns as the slice has room for.
///
/// - Parameter compares: the prefix also looks at ZF.
/// - Parameter accessesPort: the right to the port in DX is needed.
/// - Parameter many: makes up to so many turns at once behind one that ``body`` has made; gives how many.
@inline(__always)
private func repeated(
    _ state: UInt,
    _ operation: UInt,
    compares: Bool = false,
    accessesPort: Bool = false,
    many: ((StringTurn, Int) throws(Fault) -> Int)? = nil,
    _ body: (StringTurn) throws(Fault) -> Void
) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let turn = StringTurn(cpu, operation)
    let kind = operation.extra
    do throws(Fault) {
        if kind == 0 {
            try body(turn)
        } else {
            if accessesPort, turn.counter == 0, cpu.has(.emptyPortStringsCheck) {
                try cpu.checkPort(UInt16(truncatingIfNeeded: cpu.state.general[2]), size: turn.bytes)
            }
            if turn.counter == 0, cpu.state.watching.isPastTurns {
                // That there is no turn left is part of the last.
                cpu.state.remaining &+= 1
            }
            cpu.state.watching.isPastTurns = false
            var isFirst = true
            while turn.counter != 0 {
                if !isFirst {
                    // A turn counts as one instruction: the first has been counted with the block.
                    guard cpu.state.remaining > 0, !cpu.state.codeChanged, !cpu.mustLookAtTurns else {
                        return leaveAt(cpu, operation, accessesPort)
                    }
                    cpu.state.remaining &-= 1
                }
                isFirst = false
                try body(turn)
                turn.countDown()
                cpu.state.answersUsed = 0
                cpu.state.answerCount = 0
                if compares, cpu.isZero != (kind == 1) { break }
                if let many, cpu.state.remaining > 0, !cpu.state.codeChanged, turn.allowsMany {
                    let turns = Int(min(turn.counter, UInt64(cpu.state.remaining)))
                    cpu.state.remaining &-= try many(turn, turns)
                }
                if turn.counter == 0, cpu.state.watching.hasStops, cpu.stopsBehindTurns(operation) {
                    cpu.state.watching.isPastTurns = true
                    return leaveAt(cpu, operation, accessesPort)
                }
            }
        }
    } catch {
        // The flags stay those of the turn before. Intel restores those of the beginning, but which turn a processor began with
        // depends on where it was interrupted, and here that would be where a run was divided.
        return raise(cpu, operation, error)
    }
    if kind != 0 { return leaveBehind(cpu, operation) }
    if cpu.state.codeChanged { return leaveBehind(cpu, operation) }
    next(cpu, operation)
}

/// Ends the run in front of the next turn of an instruction.
///
/// - Parameter accessesPort: each turn is an exit. KVM emulates those, and sets RF between them whatever the processor does.
private func leaveAt(_ cpu: CPU, _ operation: Operation, _ accessesPort: Bool) {
    cpu.state.watching.isBetweenTurns = accessesPort || !cpu.has(.turnsLeaveResume)
    cpu.state.ip = (cpu.state.blockIP &+ UInt64(operation.offset)) & cpu.state.mode.ipMask
    cpu.state.leaveReason = .none
}

extension CPU {
    /// Whether a run may end in front of a repeated instruction. There it is stopped at behind the last turn too, where its counter
    /// is 0: some hosts find that by beginning it once more, and have been interrupted there.
    fileprivate func stopsBehindTurns(_ operation: Operation) -> Bool {
        around.stops.contains(codeAddress((state.blockIP &+ UInt64(operation.offset)) & state.mode.ipMask))
    }

    /// Each turn of a repeated instruction ends the run: it is stepped.
    fileprivate var mustLookAtTurns: Bool { state.otherFlags & Flag.trap != 0 }
}

let moveString: Handler = {
    repeated($0, $1, many: { turn, count throws(Fault) in try turn.moveMany(count) }) { turn throws(Fault) in
        try turn.writeDestination(try turn.readSource())
        turn.advanceSource()
        turn.advanceDestination()
    }
}

let storeString: Handler = {
    repeated($0, $1, many: { turn, count throws(Fault) in try turn.storeMany(count) }) { turn throws(Fault) in
        try turn.writeDestination(turn.cpu.state.general[0])
        turn.advanceDestination()
    }
}

let loadString: Handler = {
    repeated($0, $1) { turn throws(Fault) in
        let value = try turn.readSource()
        turn.advanceSource()
        if turn.bytes == 1 {
            turn.cpu.setRegister(0, UInt8(truncatingIfNeeded: value))
        } else {
            turn.cpu.setIndex(0, value, bits: turn.bytes * 8)
        }
    }
}

let compareString: Handler = {
    repeated($0, $1, compares: true) { turn throws(Fault) in
        let left = try turn.readSource()
        turn.compare(left, try turn.readDestination())
        turn.advanceSource()
        turn.advanceDestination()
    }
}

let scanString: Handler = {
    repeated($0, $1, compares: true) { turn throws(Fault) in
        turn.compare(turn.cpu.state.general[0], try turn.readDestination())
        turn.advanceDestination()
    }
}

let inputString: Handler = {
    repeated($0, $1, accessesPort: true) { turn throws(Fault) in
        let cpu = turn.cpu
        let port = UInt16(truncatingIfNeeded: cpu.state.general[2])
        try cpu.checkPort(port, size: turn.bytes)
        try turn.probeDestination()
        try turn.writeDestination(
            try cpu.ask(
                PendingExit(
                    kind: .portRead,
                    size: UInt8(turn.bytes),
                    address: UInt64(port),
                    hasMoreElements: turn.isRepeated && turn.counter > 1
                )
            )
        )
        turn.advanceDestination()
    }
}

let outputString: Handler = {
    repeated($0, $1, accessesPort: true) { turn throws(Fault) in
        let cpu = turn.cpu
        let port = UInt16(truncatingIfNeeded: cpu.state.general[2])
        try cpu.checkPort(port, size: turn.bytes)
        let value = try turn.readSource()
        _ = try cpu.ask(
            PendingExit(
                kind: .portWrite,
                size: UInt8(turn.bytes),
                address: UInt64(port),
                value: value,
                hasMoreElements: turn.isRepeated && turn.counter > 1
            )
        )
        turn.advanceSource()
    }
}

extension StringTurn {
    /// Sets flags as CMP of two elements does.
    fileprivate func compare(_ left: UInt64, _ right: UInt64) {
        switch bytes {
        case 1: _ = Subtract.apply(cpu, UInt8(truncatingIfNeeded: left), UInt8(truncatingIfNeeded: right))
        case 2: _ = Subtract.apply(cpu, UInt16(truncatingIfNeeded: left), UInt16(truncatingIfNeeded: right))
        case 4: _ = Subtract.apply(cpu, UInt32(truncatingIfNeeded: left), UInt32(truncatingIfNeeded: right))
        default: _ = Subtract.apply(cpu, left, right)
        }
    }
}
