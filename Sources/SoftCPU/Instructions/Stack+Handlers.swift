internal import X86

private let stackOffset = RegisterOffset.general(4)

@inline(__always)
func pushFlat<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsWrite(address, T.self) else { return miss(cpu, operation) }
    entry.store(cpu.register(operation.source, T.self), address)
    cpu.setRegister(stackOffset, T(truncatingIfNeeded: address))
    next(cpu, operation)
}

@inline(__always)
func pushFlatImmediate<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsWrite(address, T.self) else { return miss(cpu, operation) }
    entry.store(T(truncatingIfNeeded: operation.immediate), address)
    cpu.setRegister(stackOffset, T(truncatingIfNeeded: address))
    next(cpu, operation)
}

@inline(__always)
func popFlat<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsRead(address, T.self) else { return miss(cpu, operation) }
    let value: T = entry.load(address)
    cpu.setRegister(stackOffset, T(truncatingIfNeeded: address &+ UInt64(T.bytes)))
    // Behind the stack pointer, so that POP RSP gives what was popped.
    cpu.setRegister(operation.destination, value)
    next(cpu, operation)
}

let leaveFrame: Handler = { state, operation in
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsRead(address, UInt64.self) else { return miss(cpu, operation) }
    cpu.setRegister(stackOffset, address &+ 8)
    cpu.setRegister(RegisterOffset.general(5), entry.load(address, UInt64.self))
    next(cpu, operation)
}

let leaveFrameSlow: Handler = {
    attempt($0, $1) { cpu, operation throws(Fault) in
        try cpu.keepingStack { () throws(Fault) in
            let bytes = Int(operation.destination)
            cpu.stackPointer = cpu.register(RegisterOffset.general(5), UInt64.self) & cpu.stackMask
            let value = try cpu.pop(bytes)
            cpu.setIndex(5, value, bits: bytes * 8)
        }
    }
}

let pushImmediateSlow: Handler = {
    attempt($0, $1) { cpu, operation throws(Fault) in
        try cpu.push(UInt64(bitPattern: operation.immediate), Int(operation.destination))
    }
}

let pushRegisterSlow: Handler = {
    attempt($0, $1) { cpu, operation throws(Fault) in
        try cpu.push(cpu.register(operation.source, UInt64.self), Int(operation.destination))
    }
}

let popRegisterSlow: Handler = {
    attempt($0, $1) { cpu, operation throws(Fault) in
        let bytes = Int(operation.source)
        let value = try cpu.pop(bytes)
        cpu.setIndex(Int(operation.destination) / 8, value, bits: bytes * 8)
    }
}

let popToMemory: Handler = {
    attempt($0, $1) { cpu, operation throws(Fault) in
        try cpu.keepingStack { () throws(Fault) in
            let bytes = Int(operation.destination)
            let value = try cpu.pop(bytes)
            let offset =
                (cpu.linearAddress(operation) &+ UInt64(bitPattern: operation.immediate))
                & UInt64(bitPattern: operation.extra)
            let segment = Int(operation.source)
            let address = try cpu.segmentAddress(segment, offset, size: bytes, write: true)
            try cpu.write(address, size: bytes, value, stack: segment == SegmentNumber.ss)
        }
    }
}

/// A selector fills its slot with zeros, or only the low 16 bits of one of 32: as AMD does, the whole slot.
let pushSegment: Handler = {
    attempt($0, $1) { cpu, operation throws(Fault) in
        try cpu.push(UInt64(cpu.state.segments[Int(operation.source)].selector), Int(operation.destination))
    }
}

let pushAll: Handler = {
    attempt($0, $1) { cpu, operation throws(Fault) in
        let bytes = Int(operation.destination)
        let old = cpu.register(stackOffset, UInt64.self)
        try cpu.keepingStack { () throws(Fault) in
            for number in 0..<8 {
                try cpu.push(number == 4 ? old : cpu.register(RegisterOffset.general(number), UInt64.self), bytes)
            }
        }
    }
}

let popAll: Handler = {
    attempt($0, $1) { cpu, operation throws(Fault) in
        let bytes = Int(operation.destination)
        var values = InlineArray<8, UInt64>(repeating: 0)
        // From the top of the stack on: that is where a fault comes first.
        for place in 0..<8 { values[7 - place] = try cpu.peek(place * bytes, bytes) }
        for number in 0..<8 where number != 4 { cpu.setIndex(number, values[number], bits: bytes * 8) }
        cpu.stackPointer = cpu.stackPointer &+ UInt64(8 * bytes)
    }
}

let pushFlags: Handler = {
    attempt($0, $1) { cpu, operation throws(Fault) in
        let bytes = Int(operation.destination)
        var flags = cpu.flags & ~(Flag.resume | Flag.virtual8086)
        if cpu.isVirtual8086 {
            if cpu.inputOutputPrivilege < 3 {
                guard cpu.state.cr4 & CR4.virtual8086 != 0, bytes == 2 else { throw .protection() }
                flags |= Flag.privilegeLevel
                flags = flags & ~Flag.interrupt | (flags & Flag.virtualInterrupt) >> 10
            }
        }
        try cpu.push(flags, bytes)
    }
}

let popFlags: Handler = {
    attemptAndLeave($0, $1) { cpu, operation throws(Fault) in
        let bytes = Int(operation.destination)
        let old = cpu.flags
        let limited = cpu.isVirtual8086 && cpu.inputOutputPrivilege < 3
        if limited, cpu.state.cr4 & CR4.virtual8086 == 0 || bytes != 2 { throw .protection() }
        let value = try cpu.peek(0, bytes)
        var changeable = Flag.arithmetic | Flag.trap | Flag.direction | Flag.nestedTask
        if bytes > 2 { changeable |= Flag.alignmentCheck | Flag.identification }
        if cpu.state.privilege == 0, !cpu.isVirtual8086 { changeable |= Flag.privilegeLevel }
        if UInt8(truncatingIfNeeded: cpu.inputOutputPrivilege) >= cpu.state.privilege, !limited {
            changeable |= Flag.interrupt
        }
        var new = old & ~changeable | value & changeable
        if limited {
            guard value & Flag.trap == 0, value & Flag.interrupt == 0 || old & Flag.virtualInterruptPending == 0 else {
                throw .protection()
            }
            new = new & ~Flag.virtualInterrupt | (value & Flag.interrupt) << 10
        }
        if bytes > 2 { new &= ~Flag.resume }
        cpu.stackPointer = cpu.stackPointer &+ UInt64(bytes)
        cpu.flags = new
        cpu.updateMode()
    }
}

let enterFrame: Handler = {
    attempt($0, $1) { cpu, operation throws(Fault) in
        let bytes = Int(operation.destination)
        let level = Int(operation.extra) & 31
        let size = UInt64(bitPattern: operation.immediate) & 0xFFFF
        let oldBase = cpu.state.general[5]
        try cpu.keepingStack { () throws(Fault) in
            try cpu.push(oldBase, bytes)
            let frame = cpu.stackPointer
            if level > 0 {
                var base = oldBase & cpu.stackMask
                for _ in 1..<max(level, 1) {
                    base = (base &- UInt64(bytes)) & cpu.stackMask
                    let address = try cpu.segmentAddress(SegmentNumber.ss, base, size: bytes, write: false)
                    try cpu.push(try cpu.read(address, size: bytes, stack: true), bytes)
                }
                try cpu.push(frame, bytes)
            }
            let pointer = (cpu.stackPointer &- size) & cpu.stackMask
            let address = try cpu.segmentAddress(SegmentNumber.ss, pointer, size: bytes, write: true)
            try cpu.probeWrite(address, size: bytes, stack: true)
            cpu.stackPointer = pointer
            cpu.setIndex(5, frame, bits: bytes * 8)
        }
    }
}

extension CPU {
    var isVirtual8086: Bool { state.otherFlags & Flag.virtual8086 != 0 }
    var isProtected: Bool { state.cr0 & CR0.protection != 0 }
    /// IOPL.
    var inputOutputPrivilege: UInt64 { state.otherFlags >> 12 & 3 }
    var isLongMode: Bool { state.efer & EFER.longModeActive != 0 }
}
