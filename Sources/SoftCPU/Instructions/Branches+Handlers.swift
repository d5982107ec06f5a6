internal import X86

private let stackPointer = RegisterOffset.general(4)

let jumpNear: Handler = { state, operation in
    let cpu = CPU(state)
    let operation = Operation(operation)
    cpu.state.blockIP = Target32.form(cpu, operation)
    follow(cpu, operation.following.address)
}

/// Whether code can be at an address: else what follows the operation raises the fault.
@inline(__always)
private func isPlausible(_ target: UInt64) -> Bool {
    UInt64(bitPattern: Int64(bitPattern: target &<< 16) &>> 16) == target
}

let jumpIndirect: Handler = { state, operation in
    let cpu = CPU(state)
    let operation = Operation(operation)
    let target = cpu.register(operation.source, UInt64.self) & UInt64(bitPattern: operation.extra)
    guard isPlausible(target), cpu.state.mode.hasFlatCode else { return next(cpu, operation) }
    cpu.state.blockIP = target
    jump(cpu)
}

let jumpIndirectSlow: Handler = {
    attemptAndLeave($0, $1) { cpu, operation throws(Fault) in
        let target = cpu.register(operation.source, UInt64.self) & UInt64(bitPattern: operation.extra)
        try cpu.setNearTarget(target)
    }
}

@inline(__always)
func callNearFlat<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsWrite(address, T.self) else { return miss(cpu, operation) }
    entry.store(T(truncatingIfNeeded: cpu.state.blockIP &+ operation.end), address)
    cpu.setRegister(stackPointer, T(truncatingIfNeeded: address))
    cpu.state.blockIP = UInt64(T(truncatingIfNeeded: LongTarget.form(cpu, operation)))
    follow(cpu, operation.following.following.address)
}

@inline(__always)
func callIndirectFlat<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let target = UInt64(cpu.register(operation.source, T.self))
    guard isPlausible(target) else { return next(cpu, operation) }
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsWrite(address, T.self) else { return miss(cpu, operation) }
    entry.store(T(truncatingIfNeeded: cpu.state.blockIP &+ operation.end), address)
    cpu.setRegister(stackPointer, T(truncatingIfNeeded: address))
    cpu.state.blockIP = target
    jump(cpu)
}

@inline(__always)
func returnFlat<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsRead(address, T.self) else { return miss(cpu, operation) }
    let target = UInt64(entry.load(address, T.self))
    guard isPlausible(target) else { return next(cpu, operation) }
    cpu.setRegister(stackPointer, T(truncatingIfNeeded: address &+ UInt64(bitPattern: operation.immediate)))
    cpu.state.blockIP = target
    jump(cpu)
}

let callNearSlow: Handler = {
    attemptAndLeave($0, $1) { cpu, operation throws(Fault) in
        let target = Target32.form(cpu, operation)
        try cpu.callNear(target, operation)
    }
}

let callIndirectSlow: Handler = {
    attemptAndLeave($0, $1) { cpu, operation throws(Fault) in
        let target = cpu.register(operation.source, UInt64.self) & UInt64(bitPattern: operation.extra)
        try cpu.callNear(target, operation)
    }
}

let returnNearSlow: Handler = {
    attemptAndLeave($0, $1) { cpu, operation throws(Fault) in
        let origin = cpu.origin(operation)
        try cpu.keepingStack { () throws(Fault) in
            let target = try cpu.pop(Int(operation.destination))
            cpu.stackPointer = cpu.stackPointer &+ UInt64(bitPattern: operation.immediate)
            try cpu.setNearTarget(target)
        }
        cpu.noteReturn(.return, origin)
    }
}

/// LOOPNE, LOOPE, LOOP and JCXZ, by number; the source is the bits of the counter.
let loopHandler: Handler = { state, operation in
    let cpu = CPU(state)
    let operation = Operation(operation)
    let bits = operation.source
    let mask: UInt64 = bits == 64 ? ~0 : bits == 32 ? 0xFFFF_FFFF : 0xFFFF
    let counter = RegisterOffset.general(1)
    var taken: Bool
    if operation.destination == 3 {
        taken = cpu.register(counter, UInt64.self) & mask == 0
    } else {
        let count = (cpu.register(counter, UInt64.self) &- 1) & mask
        cpu.setCounter(count, bits: Int(bits))
        taken = count != 0
        if operation.destination == 0 { taken = taken && !cpu.isZero }
        if operation.destination == 1 { taken = taken && cpu.isZero }
    }
    if taken {
        cpu.state.blockIP = Target32.form(cpu, operation)
        follow(cpu, operation.following.address)
    } else {
        cpu.state.blockIP = cpu.state.blockIP &+ operation.end
        follow(cpu, operation.following.address &+ UInt(MemoryLayout<Link>.stride))
    }
}

extension CPU {
    /// Sets CX, ECX or RCX.
    @inline(__always)
    func setCounter(_ value: UInt64, bits: Int) { setIndex(1, value, bits: bits) }

    /// Sets a general register of 16, 32 or 64 bits.
    @inline(__always)
    func setIndex(_ number: Int, _ value: UInt64, bits: Int) {
        let offset = RegisterOffset.general(number)
        switch bits {
        case 16: setRegister(offset, UInt16(truncatingIfNeeded: value))
        case 32: setRegister(offset, UInt32(truncatingIfNeeded: value))
        default: setRegister(offset, value)
        }
    }

    /// Goes on at an offset in the code segment, if code can be there.
    func setNearTarget(_ target: UInt64) throws(Fault) {
        if state.mode.contains(.long) {
            guard isCanonical(target) else { throw .protection() }
        } else if target > UInt64(state.segments[SegmentNumber.cs].limit) {
            throw .protection()
        }
        state.ip = target
    }

    fileprivate func callNear(_ target: UInt64, _ operation: Operation) throws(Fault) {
        let origin = origin(operation)
        let behind = state.ip
        try setNearTarget(target)
        try push(behind, Int(operation.destination))
        noteCall(.call, origin)
    }
}
