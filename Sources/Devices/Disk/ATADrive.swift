internal import ByteCoding

/// An ATA disk at one end of a channel's cable: its registers and its present command (ATA/ATAPI-6).
///
/// Commands end at once. The channel makes them take time.
struct ATADrive: Hashable, Sendable {
    /// What the drive is doing.
    enum Transfer: Hashable {
        case none
        /// The buffer holds sectors for the host to read. `left` more, from `next` on, follow.
        case reading(next: UInt64, left: Int)
        /// The buffer waits for sectors from the host. They belong at `next`, the first of `left` sectors.
        case writing(next: UInt64, left: Int)
        /// A bus-master transfer of `count` sectors from `first` on, to or from memory.
        case memory(first: UInt64, count: Int, isWrite: Bool)
    }

    let identity: IDEController.DriveIdentity
    var registers = TaskFile()
    var status: Status = .idle
    var error: ErrorBits = .diagnosticPassed
    var transfer = Transfer.none
    /// The sectors on their way between host and disk, and how many of their bytes were moved.
    var buffer: [UInt8] = []
    var position = 0
    /// INTRQ, before the channel's nIEN.
    var requestsInterrupt = false
    var sectorsPerBlock = 0
    /// Whether the command is one with a 48-bit address.
    var isExtended = false
    /// The transfer mode that SET FEATURES chose, in the command's own encoding.
    var transferMode: UInt8 = 0
    var heads = UInt64(DiskGeometry.defaultHeads)
    var sectorsPerTrack = UInt64(DiskGeometry.defaultSectorsPerTrack)

    /// The most sectors that READ and WRITE MULTIPLE move per interrupt.
    static let maximumSectorsPerBlock = 16
    static let sectorSize = 512

    init(identity: IDEController.DriveIdentity) { self.identity = identity }

    /// The state after a reset, with the signature of a disk that takes no packets.
    mutating func reset() {
        self = ATADrive(identity: identity)
        registers.showSignature()
    }

    mutating func finish() {
        transfer = .none
        buffer.removeAll(keepingCapacity: true)
        position = 0
        status = .idle
        requestsInterrupt = true
    }

    mutating func fail(_ bits: ErrorBits) {
        finish()
        error = bits
        status.insert(.error)
    }

    mutating func fail(_ storageError: BlockStorageError) {
        switch storageError {
        case .outOfRange: fail(.identifierNotFound)
        case .readOnly: fail([.aborted, .uncorrectable])
        case .failed: fail(.uncorrectable)
        }
    }

    /// The sectors that a command's registers address; nil if the disk does not have all of them.
    func extent() -> (first: UInt64, count: Int)? {
        let first: UInt64
        if isExtended {
            first = registers.extendedAddress
        } else if registers.device.contains(.usesLBA) {
            first = registers.address
        } else {
            guard registers.sector > 0 else { return nil }
            let track = UInt64(registers.cylinder) * heads + UInt64(registers.head)
            first = track * sectorsPerTrack + UInt64(registers.sector) - 1
        }
        let count = registers.sectorCount(isExtended: isExtended)
        guard first < identity.sectorCount, UInt64(count) <= identity.sectorCount - first else { return nil }
        return (first, count)
    }

    /// Shows the sector that a command has reached, in the form in which the guest addressed the first.
    mutating func show(address: UInt64) {
        if isExtended {
            registers.show(extendedAddress: address)
        } else if registers.device.contains(.usesLBA) {
            registers.show(address: address)
        } else {
            let (track, sector) = address.quotientAndRemainder(dividingBy: sectorsPerTrack)
            registers.show(cylinder: track / heads, head: track % heads, sector: sector + 1)
        }
    }

    // MARK: Data register

    /// Moves bytes from the buffer to the host.
    mutating func readData(count: Int, _ disk: inout some BlockStorage) -> UInt32 {
        guard case .reading(let next, let left) = transfer else { return 0 }
        let start = position
        let bytes = LittleEndian.number(byteCount: count) { start + $0 < buffer.count ? buffer[start + $0] : 0 }
        let value = UInt32(truncatingIfNeeded: bytes)
        position += count
        guard position >= buffer.count else { return value }
        if left > 0 {
            fillBuffer(next: next, left: left, &disk)
        } else {
            // The end of the last block raises no interrupt.
            let interrupt = requestsInterrupt
            finish()
            requestsInterrupt = interrupt
        }
        return value
    }

    /// Moves bytes from the host to the buffer, and the buffer to the disk when it is full.
    mutating func writeData(_ value: UInt32, count: Int, _ disk: inout some BlockStorage) {
        guard case .writing(let next, let left) = transfer else { return }
        for index in 0..<count where position < buffer.count {
            buffer[position] = LittleEndian.byte(index, of: value)
            position += 1
        }
        guard position >= buffer.count else { return }
        do throws(BlockStorageError) {
            try disk.write(buffer.span, to: next)
        } catch {
            show(address: next)
            fail(error)
            return
        }
        let written = buffer.count / Self.sectorSize
        if left > written {
            awaitBlock(next: next + UInt64(written), left: left - written)
            requestsInterrupt = true
        } else {
            show(address: next + UInt64(written) - 1)
            registers.showNoneLeft()
            finish()
        }
    }

    /// Reads the next block of sectors into the buffer.
    mutating func fillBuffer(next: UInt64, left: Int, blockSize: Int? = nil, _ disk: inout some BlockStorage) {
        let count = min(left, blockSize ?? max(1, buffer.count / Self.sectorSize))
        prepareBuffer(sectorCount: count)
        do throws(BlockStorageError) {
            var span = buffer.mutableSpan
            try disk.read(from: next, into: &span)
        } catch {
            show(address: next)
            fail(error)
            return
        }
        transfer = .reading(next: next + UInt64(count), left: left - count)
        show(address: next + UInt64(count) - 1)
        if left == count { registers.showNoneLeft() }
        status = [.ready, .seekComplete, .dataRequest]
        requestsInterrupt = true
    }

    /// Waits for the next block of sectors from the host.
    mutating func awaitBlock(next: UInt64, left: Int, blockSize: Int? = nil) {
        let count = min(left, blockSize ?? max(1, buffer.count / Self.sectorSize))
        prepareBuffer(sectorCount: count)
        transfer = .writing(next: next, left: left)
        status = [.ready, .seekComplete, .dataRequest]
    }

    private mutating func prepareBuffer(sectorCount: Int) {
        position = 0
        guard buffer.count != sectorCount * Self.sectorSize else { return }
        buffer = [UInt8](repeating: 0, count: sectorCount * Self.sectorSize)
    }
}
