/// One operation of a decoded block, as it lies in the code arena: 48 bytes.
///
/// Most instructions are one operation. One that addresses memory in a segment with a base or a limit, or twice, is
/// several: all but the last change nothing that the guest can see.
struct OperationRecord {
    /// What executes it.
    var handler: Handler
    /// Where in ``ProcessorRegisters`` the destination is: a byte offset.
    var destination: UInt8 = 0
    /// Where the source is: a byte offset.
    var source: UInt8 = 0
    /// Where the base of the address is: a byte offset, that of a zero where there is none.
    var base: UInt8 = 0
    /// Where the index of the address is: a byte offset, that of a zero where there is none.
    var index: UInt8 = 0
    /// The index is multiplied by 2 to this power.
    var scale: UInt8 = 0
    /// How many bytes of memory it accesses.
    var accessSize: UInt8 = 0
    /// How it accesses them: ``Access`` bits.
    var access: UInt8 = 0
    /// Length of the instruction in bytes.
    var length: UInt8 = 0
    /// Where the instruction starts, in bytes from the start of the block.
    var offset: UInt16 = 0
    /// How many instructions of the block follow this one.
    var rest: UInt16 = 0
    /// Added to the address.
    var displacement: Int32 = 0
    /// Immediate operand, or what else the handler needs.
    var immediate: Int64 = 0
    /// A second immediate: branch targets' links, string forms.
    var extra: Int64 = 0
}

/// How an operation accesses memory.
struct Access {
    /// It reads.
    static let read: UInt8 = 1
    /// It writes.
    static let write: UInt8 = 2
    /// A fault of the address is a stack fault.
    static let stack: UInt8 = 4
    /// It leaves the block: slow operations with the same effect follow it.
    static let leaves: UInt8 = 8
    /// The access is the processor's own, as that to a descriptor table: at privilege level 0.
    static let system: UInt8 = 16
}
