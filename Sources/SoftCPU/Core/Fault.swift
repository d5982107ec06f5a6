/// An exception on its way to the guest, or the wish to leave the processor: what stops an instruction.
struct Fault: Error {
    /// 0 to 31; ``leave`` where the instruction waits for an answer from outside.
    var vector: UInt8 = 0
    var hasErrorCode = false
    var errorCode: UInt32 = 0
    /// CR2 of a page fault, or bits for DR6.
    var payload: UInt64 = 0
    /// RF is pushed as it is, and not set: a trap, or a breakpoint in front of an instruction.
    var keepsResume = false
    /// It was raised behind the point at which a task switch can no longer be taken back, and belongs to the new task.
    var isInNewTask = false

    /// Not an exception: ``ProcessorRegisters/exit`` says what is asked for.
    static let leave: UInt8 = 0xFF

    /// Not an exception: the instruction is to be begun again, alone, because what it accesses is watched.
    static let step: UInt8 = 0xFE

    static let divideError = Fault(vector: 0)
    static let boundRange = Fault(vector: 5)
    static let invalidOpcode = Fault(vector: 6)
    static let deviceNotAvailable = Fault(vector: 7)
    static let floatingPoint = Fault(vector: 16)
    static let simdFloatingPoint = Fault(vector: 19)
    static let waiting = Fault(vector: leave)
    static let watching = Fault(vector: step)

    /// A debug exception with bits of DR6: BD is a fault, all others leave RF as it is.
    static func debug(_ bits: UInt64) -> Fault {
        Fault(vector: 1, payload: bits, keepsResume: bits & DR6.accessDetected == 0)
    }
    static func doubleFault() -> Fault { Fault(vector: 8, hasErrorCode: true) }
    static func invalidTSS(_ code: UInt32) -> Fault { Fault(vector: 10, hasErrorCode: true, errorCode: code) }
    static func notPresent(_ code: UInt32) -> Fault { Fault(vector: 11, hasErrorCode: true, errorCode: code) }
    static func stack(_ code: UInt32 = 0) -> Fault { Fault(vector: 12, hasErrorCode: true, errorCode: code) }
    static func protection(_ code: UInt32 = 0) -> Fault { Fault(vector: 13, hasErrorCode: true, errorCode: code) }
    static func page(_ address: UInt64, code: UInt32) -> Fault {
        Fault(vector: 14, hasErrorCode: true, errorCode: code, payload: address)
    }
    static func alignment() -> Fault { Fault(vector: 17, hasErrorCode: true) }
}

/// What is asked of whoever runs the processor.
struct PendingExit {
    enum Kind: UInt8 {
        case none, portRead, portWrite, memoryRead, memoryWrite, halt, shutdown, hiddenRead, registerRead,
            registerWrite,
            numericError
        /// Code is to be fetched where no memory is.
        case fetch
    }
    var kind = Kind.none
    /// Bytes of the access: 1, 2, 4 or 8.
    var size: UInt8 = 0
    /// Port, physical address, or number of the model-specific register.
    var address: UInt64 = 0
    /// What is written.
    var value: UInt64 = 0
    /// It is an element of a repeated INS or OUTS, and others follow.
    var hasMoreElements = false
}
