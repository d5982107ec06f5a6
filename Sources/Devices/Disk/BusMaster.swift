internal import ByteCoding
import X86

/// The part of an IDE controller that moves sectors between a channel and guest memory (Programming Interface for Bus
/// Master IDE Controller, revision 1.0).
struct BusMaster: Hashable, Sendable {
    /// Offsets of the registers of one channel.
    enum Register: UInt16 {
        case command = 0
        case status = 2
        case table = 4
    }

    /// Command register.
    struct Command: OptionSet, Hashable {
        let rawValue: UInt8
        static let start = Self(rawValue: 1 << 0)
        /// The transfer goes from the drive to memory.
        static let writesMemory = Self(rawValue: 1 << 3)
    }

    /// Status register.
    struct Status: OptionSet, Hashable {
        let rawValue: UInt8
        static let active = Self(rawValue: 1 << 0)
        static let error = Self(rawValue: 1 << 1)
        static let interrupt = Self(rawValue: 1 << 2)
        static let firstDriveCapable = Self(rawValue: 1 << 5)
        static let secondDriveCapable = Self(rawValue: 1 << 6)
        static let clearable: Self = [.error, .interrupt]
        static let writable: Self = [.firstDriveCapable, .secondDriveCapable]

        static func capable(first: Bool, second: Bool) -> Status {
            let one: Status = first ? .firstDriveCapable : []
            return second ? one.union(.secondDriveCapable) : one
        }
    }

    /// Why a transfer stopped.
    enum TransferFault: Error, Equatable {
        /// The table describes fewer bytes than the drive has to move.
        case tableTooShort
        /// The table, or a region of it, is not in memory.
        case memory
        case disk(BlockStorageError)
    }

    /// How many sectors are moved at a time.
    private static let sectorsPerStep = 128

    var command: Command = []
    var status: Status = []
    private var table: UInt32 = 0

    func read(at offset: UInt16, _ size: AccessSize) -> UInt32 {
        let image = UInt64(command.rawValue) | UInt64(status.rawValue) << 16 | UInt64(table) << 32
        return UInt32(truncatingIfNeeded: image >> UInt64(8 * (offset & 7)) & size.mask)
    }

    mutating func write(at offset: UInt16, _ size: AccessSize, _ value: UInt32) {
        for index in 0..<UInt16(min(size.byteCount, 4)) {
            let byte = LittleEndian.byte(Int(index), of: value)
            switch (offset & 7) + index {
            case Register.command.rawValue: writeCommand(Command(rawValue: byte))
            case Register.status.rawValue: writeStatus(Status(rawValue: byte))
            case let position where Register.table.rawValue..<8 ~= position:
                let shift = UInt32(position - Register.table.rawValue) * 8
                table = (table & ~(0xFF << shift) | UInt32(byte) << shift) & ~3
            default: break
            }
        }
    }

    private mutating func writeCommand(_ written: Command) {
        if written.contains(.start), !command.contains(.start) { status.insert(.active) }
        if !written.contains(.start) { status.remove(.active) }
        command = written.intersection([.start, .writesMemory])
    }

    private mutating func writeStatus(_ written: Status) {
        status.subtract(written.intersection(.clearable))
        status = status.subtracting(.writable).union(written.intersection(.writable))
    }

    /// Moves `count` sectors from `first` between the disk and the regions of the table.
    mutating func transfer(
        first: UInt64,
        count: Int,
        isDiskWrite: Bool,
        _ disk: inout some BlockStorage,
        _ memory: inout some GuestMemoryAccess
    ) throws(TransferFault) {
        var regions = RegionTable(at: table)
        var done = 0
        do throws(TransferFault) {
            while done < count {
                let sectors = min(Self.sectorsPerStep, count - done)
                var bytes = [UInt8](repeating: 0, count: sectors * ATADrive.sectorSize)
                if isDiskWrite {
                    try regions.gather(&bytes, &memory)
                    try Self.write(bytes, to: first + UInt64(done), &disk)
                } else {
                    try Self.read(&bytes, from: first + UInt64(done), &disk)
                    try regions.scatter(bytes, &memory)
                }
                done += sectors
            }
        } catch {
            status.remove(.active)
            if error == .memory { status.insert(.error) }
            throw error
        }
        // A table that is longer than the transfer leaves the bus master active.
        if regions.isAtEnd { status.remove(.active) }
    }

    private static func read(
        _ bytes: inout [UInt8],
        from first: UInt64,
        _ disk: inout some BlockStorage
    ) throws(TransferFault) {
        do throws(BlockStorageError) {
            var span = bytes.mutableSpan
            try disk.read(from: first, into: &span)
        } catch {
            throw .disk(error)
        }
    }

    private static func write(
        _ bytes: [UInt8],
        to first: UInt64,
        _ disk: inout some BlockStorage
    ) throws(TransferFault) {
        do throws(BlockStorageError) {
            try disk.write(bytes.span, to: first)
        } catch {
            throw .disk(error)
        }
    }
}
