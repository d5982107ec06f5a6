/// An operation in the code arena.
@safe
struct Operation {
    let pointer: UnsafePointer<OperationRecord>

    /// The operation whose address a handler was given.
    @inline(__always)
    init(_ address: UInt) {
        // SAFETY: handlers are called with addresses of operations in the arena or in the processor's state alone, both of
        // which outlive the run.
        unsafe pointer = UnsafePointer(bitPattern: address).unsafelyUnwrapped
    }

    @inline(__always)
    init(_ pointer: UnsafePointer<OperationRecord>) { unsafe self.pointer = pointer }

    var address: UInt { @inline(__always) get { unsafe UInt(bitPattern: pointer) } }
    // SAFETY of all that follow: the pointer is one of an initialised operation, by init.
    var destination: UInt8 { @inline(__always) get { unsafe pointer.pointee.destination } }
    var source: UInt8 { @inline(__always) get { unsafe pointer.pointee.source } }
    var immediate: Int64 { @inline(__always) get { unsafe pointer.pointee.immediate } }
    var extra: Int64 { @inline(__always) get { unsafe pointer.pointee.extra } }
    var length: UInt8 { @inline(__always) get { unsafe pointer.pointee.length } }
    var offset: UInt16 { @inline(__always) get { unsafe pointer.pointee.offset } }
    var rest: UInt16 { @inline(__always) get { unsafe pointer.pointee.rest } }
    var displacement: Int32 { @inline(__always) get { unsafe pointer.pointee.displacement } }
    var record: OperationRecord { @inline(__always) get { unsafe pointer.pointee } }
    /// Behind the instruction, in bytes from the start of the block.
    var end: UInt64 { @inline(__always) get { UInt64(offset) &+ UInt64(length) } }
    /// The operation behind this one.
    var following: Operation { @inline(__always) get { unsafe Operation(pointer + 1) } }
}

/// Goes on with the operation behind this one.
@inline(__always)
func next(_ cpu: CPU, _ operation: Operation) {
    perform(cpu, operation.following)
}

/// Goes on with an operation.
@inline(__always)
func perform(_ cpu: CPU, _ operation: Operation) {
    // SAFETY: an operation's handler is a function of this target that takes exactly these two addresses.
    unsafe operation.pointer.pointee.handler(cpu.address, operation.address)
}
