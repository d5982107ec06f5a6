/// A run of decoded instructions within one page, as it lies in the code arena in front of its operations: 64 bytes.
struct BlockRecord {
    /// Instructions to count when it is entered; ``slow`` where entering needs more than a count.
    var entryCount: Int
    /// Guest-physical address of its first byte.
    var physical: UInt64
    /// The second page of an instruction across two; 0 where there is none.
    var secondPage: UInt64
    /// Instructions in it.
    var count: UInt32
    /// Bytes it was decoded from.
    var byteCount: UInt16
    var mode: CodeMode
    /// Its bytes have changed: it is never entered again.
    var isStale: Bool
    /// The next block with the same hash, an index into the arena.
    var nextInHash: UInt32
    /// The next block with bytes in the same page.
    var nextInPage: UInt32
    /// It begins with ``soughtHandler``, which is no part of an instruction.
    var checksRegisters: Bool
    /// Its first instruction executes alone, because a run may end between two turns of it.
    var beginsAlone: Bool

    /// More than any slice has.
    static let slow = Int.max
}

/// A block in the code arena.
@safe
struct Block {
    let pointer: UnsafeMutablePointer<BlockRecord>

    @inline(__always)
    init(_ address: UInt) {
        // SAFETY: addresses of blocks are those of records in the arena, which is not given back while the processor lives.
        unsafe pointer = UnsafeMutablePointer(bitPattern: address).unsafelyUnwrapped
    }

    var address: UInt { @inline(__always) get { unsafe UInt(bitPattern: pointer) } }
    var record: BlockRecord {
        @inline(__always) unsafeAddress { unsafe UnsafePointer(pointer) }
        @inline(__always) nonmutating unsafeMutableAddress { unsafe pointer }
    }
    /// The first operation of its first instruction.
    var firstInstruction: Operation {
        @inline(__always) get { record.checksRegisters ? first.following : first }
    }
    /// Its first operation.
    var first: Operation {
        @inline(__always) get { Operation(address &+ UInt(MemoryLayout<BlockRecord>.stride)) }
    }
}

/// Where a branch went the last time, behind the branch in the code arena.
struct Link {
    /// Address of the block; meaningless unless the stamp fits.
    var block: UInt = 0
    /// The processor's stamp when the link was made.
    var stamp: UInt64 = 0
}

/// An entry of the table of recent targets of branches that compute theirs.
struct RecentBlock {
    var linear: UInt64
    var stamp: UInt64
    var block: UInt
    var reserved: UInt

    /// Entries; a power of two.
    static let count = 8192
}
