internal import CZydis

/// Decodes a block: takes one instruction after the other and writes its operations into the arena.
///
/// What an instruction becomes is decided by the ``Emitter`` of its mnemonic, which calls ``emit(_:destination:source:immediate:extra:)``
/// and ``emit(_:memory:bytes:access:destination:source:immediate:extra:)`` in the order of execution.
@safe
struct BlockBuilder {
    let block: Block
    let mode: CodeMode
    let quirks: Quirks
    /// Calls and returns leave the block, so that they can be noted and counted.
    let notesCalls: Bool
    private let start: UnsafeMutablePointer<OperationRecord>
    private var cursor: UnsafeMutablePointer<OperationRecord>
    /// The instruction under way.
    var decoded = DecodedInstruction()
    /// Where it starts in the block.
    private(set) var offset = 0
    /// Instructions before it.
    private(set) var count = 0
    /// No instruction may follow the one under way.
    private(set) var isFinished = false

    init(at block: Block, mode: CodeMode, quirks: Quirks, notesCalls: Bool) {
        self.block = block
        self.mode = mode
        self.quirks = quirks
        self.notesCalls = notesCalls
        let address = block.address + UInt(MemoryLayout<BlockRecord>.stride)
        // SAFETY: the caller has seen to it that the arena holds a block of the greatest size here.
        unsafe start = UnsafeMutablePointer(bitPattern: address).unsafelyUnwrapped
        unsafe cursor = start
    }

    /// What Zydis says of the instruction but for its operands.
    var instruction: ZydisDecodedInstruction { unsafe decoded.instruction }
    var mnemonic: ZydisMnemonic { unsafe decoded.instruction.mnemonic }
    /// Bytes of an operand of the size that prefixes and mode give: 2, 4 or 8.
    var operandBytes: Int { unsafe Int(decoded.instruction.operand_width) / 8 }
    func operand(_ index: Int) -> ZydisDecodedOperand { decoded.operands[index] }
    /// Bytes of an operand's value.
    func bytes(_ index: Int) -> Int { Int(decoded.operands[index].size) / 8 }
    func isMemory(_ index: Int) -> Bool { decoded.operands[index].type == ZYDIS_OPERAND_TYPE_MEMORY }
    func isRegister(_ index: Int) -> Bool { decoded.operands[index].type == ZYDIS_OPERAND_TYPE_REGISTER }
    func isImmediate(_ index: Int) -> Bool { decoded.operands[index].type == ZYDIS_OPERAND_TYPE_IMMEDIATE }
    /// An immediate operand, with its sign if it has one.
    func immediate(_ index: Int) -> Int64 { unsafe decoded.operands[index].imm.value.s }
    /// The register of an operand.
    func register(_ index: Int) -> ZydisRegister { decoded.operands[index].reg.value }
    /// Where the general register of an operand is.
    func registerOffset(_ index: Int) -> UInt8 { RegisterOffset.of(register(index)) }
    func hasAttribute(_ bit: Int) -> Bool { unsafe decoded.instruction.attributes >> UInt64(bit) & 1 != 0 }

    /// The last of the instruction's prefixes F2h and F3h, whether the instruction has a use for them or not.
    var repeatPrefix: UInt8? {
        decoded.prefixes.last { $0 == 0xF2 || $0 == 0xF3 }
    }

    /// Writes one operation.
    mutating func emit(
        _ handler: Handler,
        destination: UInt8 = 0,
        source: UInt8 = 0,
        immediate: Int64 = 0,
        extra: Int64 = 0
    ) {
        write(
            OperationRecord(
                handler: handler,
                destination: destination,
                source: source,
                base: RegisterOffset.zero,
                index: RegisterOffset.zero,
                immediate: immediate,
                extra: extra
            )
        )
    }

    /// Writes one operation that accesses memory where an operand says, after what is needed to form the address.
    ///
    /// - Parameter bytes: how many it accesses.
    /// - Parameter access: ``Access`` bits.
    mutating func emit(
        _ handler: Handler,
        memory index: Int,
        bytes: Int,
        access: UInt8,
        destination: UInt8 = 0,
        source: UInt8 = 0,
        immediate: Int64 = 0,
        extra: Int64 = 0
    ) {
        var record = address(of: index, bytes: bytes, access: access)
        record.handler = handler
        record.destination = destination
        record.source = source
        record.immediate = immediate
        record.extra = extra
        write(record)
    }

    /// Writes one operation that accesses memory at a register plus a displacement, in a flat mode.
    mutating func emit(
        _ handler: Handler,
        at base: UInt8,
        displacement: Int32,
        bytes: Int,
        access: UInt8,
        destination: UInt8 = 0,
        source: UInt8 = 0,
        immediate: Int64 = 0
    ) {
        write(
            OperationRecord(
                handler: handler,
                destination: destination,
                source: source,
                base: base,
                index: RegisterOffset.zero,
                accessSize: UInt8(bytes),
                access: access,
                displacement: displacement,
                immediate: immediate
            )
        )
    }

    /// Writes an operation as it is.
    mutating func write(_ record: OperationRecord) {
        var record = record
        record.length = unsafe decoded.instruction.length
        record.offset = UInt16(offset)
        // Corrected when the block is complete.
        record.rest = UInt16(count)
        // SAFETY: blocks end long before the reserve does: see isFull.
        unsafe cursor.initialize(to: record)
        unsafe cursor += 1
    }

    /// Leaves room for the two links of a branch behind the operation that was just written.
    mutating func reserveLinks() {
        // SAFETY: as in write(_:); a record has room for two links.
        unsafe UnsafeMutableRawPointer(cursor).storeBytes(of: Link(), as: Link.self)
        unsafe UnsafeMutableRawPointer(cursor).storeBytes(
            of: Link(),
            toByteOffset: MemoryLayout<Link>.stride,
            as: Link.self
        )
        unsafe cursor += 1
        links.append(unsafe cursor - start - 1)
    }
    /// Places of records that are links.
    private var links = InlineList()

    /// Lets what is written next belong to the last instruction: the end of a block that was cut short. An instruction that
    /// goes on in the next page may have been decoded in part since then.
    mutating func backUp() {
        unsafe decoded.instruction.length = lastLength
        offset -= Int(lastLength)
        count -= 1
    }
    /// Bytes of the instruction before the one under way.
    private var lastLength: UInt8 = 0

    /// Ends what ``backUp()`` began.
    mutating func restore() { advance() }

    /// No instruction follows: the one under way branches or changes how the next is decoded.
    mutating func finish() { isFinished = true }

    /// Whether another instruction may be too much.
    var isFull: Bool { count >= 64 }

    /// Goes on to the next instruction.
    mutating func advance() {
        lastLength = unsafe decoded.instruction.length
        offset += Int(lastLength)
        count += 1
    }

    /// Completes the block; gives the bytes that it takes in the arena.
    mutating func complete(physical: UInt64) -> Int {
        var index = 0
        // SAFETY: records from start to cursor have been written; those of links are left alone.
        while unsafe start + index < cursor {
            if !links.contains(index) {
                unsafe start[index].rest = UInt16(count - 1) - start[index].rest
            }
            index += 1
        }
        // SAFETY: the arena has room for the record at the block's address.
        unsafe block.pointer.initialize(
            to: BlockRecord(
                entryCount: count,
                physical: physical,
                secondPage: 0,
                count: UInt32(count),
                byteCount: UInt16(offset),
                mode: mode,
                isStale: false,
                nextInHash: 0,
                nextInPage: 0,
                checksRegisters: false,
                beginsAlone: false
            )
        )
        return MemoryLayout<BlockRecord>.stride + index * MemoryLayout<OperationRecord>.stride
    }
}

/// A few numbers without an allocation.
struct InlineList {
    private var items = InlineArray<4, Int>(repeating: -1)
    private var count = 0

    mutating func append(_ item: Int) {
        items[count] = item
        count += 1
    }

    func contains(_ item: Int) -> Bool {
        for index in 0..<count where items[index] == item { return true }
        return false
    }
}
