/// The processor as handlers see it: an address of its registers.
@safe
struct CPU {
    let pointer: UnsafeMutablePointer<ProcessorRegisters>

    /// The processor whose address a handler was given.
    @inline(__always)
    init(_ address: UInt) {
        // SAFETY: handlers are called with the address of the registers that the run loop owns, which outlive the run.
        unsafe pointer = UnsafeMutablePointer(bitPattern: address).unsafelyUnwrapped
    }

    @inline(__always)
    init(_ pointer: UnsafeMutablePointer<ProcessorRegisters>) { unsafe self.pointer = pointer }

    var address: UInt { @inline(__always) get { unsafe UInt(bitPattern: pointer) } }

    /// Everything that the processor is.
    var state: ProcessorRegisters {
        // SAFETY: the pointer is that of initialised registers, by init, and one thread alone uses them.
        @inline(__always) unsafeAddress { unsafe UnsafePointer(pointer) }
        @inline(__always) nonmutating unsafeMutableAddress { unsafe pointer }
    }

    /// Reads the low bytes of what lies at an offset of ``RegisterOffset``.
    @inline(__always)
    func register<T: Word>(_ offset: UInt8, _: T.Type = T.self) -> T {
        // SAFETY: offsets of operations are made by RegisterOffset, all within the registers' first 160 bytes.
        unsafe UnsafeRawPointer(pointer).loadUnaligned(fromByteOffset: Int(offset), as: T.self)
    }

    /// Writes to a register as instructions do: 32 bits clear the upper half, 8 and 16 bits leave the others alone.
    @inline(__always)
    func setRegister<T: Word>(_ offset: UInt8, _ value: T) {
        let raw = unsafe UnsafeMutableRawPointer(pointer)
        // SAFETY: as in register(_:_:); only 8-bit operands are at offsets that are not multiples of 8.
        if T.bitWidth == 32 {
            unsafe raw.storeBytes(of: UInt64(truncatingIfNeeded: value), toByteOffset: Int(offset), as: UInt64.self)
        } else {
            unsafe raw.storeBytes(of: value, toByteOffset: Int(offset), as: T.self)
        }
    }

    /// The linear address that an operation accesses.
    @inline(__always)
    func linearAddress(_ operation: Operation) -> UInt64 {
        let record = operation
        // SAFETY: the operation is initialised, by Operation.init.
        let base: UInt64 = unsafe register(record.pointer.pointee.base)
        let index: UInt64 = unsafe register(record.pointer.pointee.index)
        let scale = unsafe UInt64(record.pointer.pointee.scale)
        return base &+ (index &<< scale) &+ UInt64(bitPattern: Int64(operation.displacement))
    }
}
