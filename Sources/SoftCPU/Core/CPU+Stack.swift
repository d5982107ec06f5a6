internal import X86

extension CPU {
    /// The stack pointer, as many bits of it as the stack segment uses.
    var stackPointer: UInt64 {
        get { register(RegisterOffset.general(4), UInt64.self) & stackMask }
        nonmutating set {
            let bits = state.mode.contains(.long) ? 64 : state.mode.contains(.stack32) ? 32 : 16
            setIndex(4, newValue, bits: bits)
        }
    }

    var stackMask: UInt64 {
        state.mode.contains(.long) ? ~0 : state.mode.contains(.stack32) ? 0xFFFF_FFFF : 0xFFFF
    }

    /// Pushes a value by the slow path.
    func push(_ value: UInt64, _ bytes: Int) throws(Fault) {
        let pointer = (stackPointer &- UInt64(bytes)) & stackMask
        let address = try segmentAddress(SegmentNumber.ss, pointer, size: bytes, write: true)
        try write(address, size: bytes, value, stack: true)
        stackPointer = pointer
    }

    /// Pops a value by the slow path.
    func pop(_ bytes: Int) throws(Fault) -> UInt64 {
        let value = try peek(0, bytes)
        stackPointer = stackPointer &+ UInt64(bytes)
        return value
    }

    /// Reads what lies at an offset from the top of the stack.
    func peek(_ offset: Int, _ bytes: Int) throws(Fault) -> UInt64 {
        let pointer = (stackPointer &+ UInt64(offset)) & stackMask
        let address = try segmentAddress(SegmentNumber.ss, pointer, size: bytes, write: false)
        return try read(address, size: bytes, stack: true)
    }

    /// Puts the stack pointer back where it was if the body faults.
    func keepingStack(_ body: () throws(Fault) -> Void) throws(Fault) {
        let saved = state.general[4]
        do { try body() } catch {
            state.general[4] = saved
            throw error
        }
    }
}
