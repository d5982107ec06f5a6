internal import ByteCoding
internal import Platform
import X86

/// A virtio disk (Virtual I/O Device 1.2, 5.2).
public struct VirtioBlock: Sendable {
    /// What the disk remembers.
    public struct State: Hashable, Sendable {
        var transport: VirtioTransport.State
        var serialNumber: [UInt8]
    }

    /// Feature bits (5.2.3).
    private enum Feature {
        static let segmentMaximum: UInt64 = 1 << 2
        static let geometry: UInt64 = 1 << 4
        static let readOnly: UInt64 = 1 << 5
        static let blockSize: UInt64 = 1 << 6
        static let flush: UInt64 = 1 << 9
    }

    /// Request types (5.2.6).
    private enum RequestType: UInt32 {
        case read = 0
        case write = 1
        case flush = 4
        case identify = 8
    }

    /// The values of the status byte.
    private enum Outcome: UInt8 {
        case done = 0
        case failed = 1
        case unsupported = 2
    }

    private static let queueSize: UInt16 = 128
    private static let headerSize = 16
    private static let sectorSize = 512
    private static let serialNumberSize = 20
    /// How many sectors are moved at a time.
    private static let sectorsPerStep: UInt64 = 128

    /// The registers and the queue.
    public var transport: VirtioTransport
    private let serialNumber: [UInt8]

    /// A disk after reset, with this many sectors of 512 bytes. The serial number has up to 20 ASCII characters.
    public init(sectorCount: UInt64, isReadOnly: Bool, serialNumber: String) {
        var configuration = LittleEndian.bytes(of: sectorCount)
        // size_max, which is not offered, and seg_max, which leaves out the descriptors of the header and the status.
        configuration += LittleEndian.bytes(of: UInt32(0)) + LittleEndian.bytes(of: UInt32(Self.queueSize - 2))
        let geometry = DiskGeometry(sectorCount: sectorCount)
        configuration += LittleEndian.bytes(of: geometry.cylinders) + [geometry.heads, geometry.sectorsPerTrack]
        configuration += LittleEndian.bytes(of: UInt32(Self.sectorSize))
        let features = Feature.segmentMaximum | Feature.geometry | Feature.blockSize | Feature.flush
        transport = VirtioTransport(
            type: .block,
            classCode: 0x01_00_00,
            features: isReadOnly ? features | Feature.readOnly : features,
            queueSizes: [Self.queueSize],
            configuration: configuration
        )
        let padding = [UInt8](repeating: 0, count: Self.serialNumberSize)
        self.serialNumber = Array((Array(serialNumber.utf8) + padding).prefix(Self.serialNumberSize))
    }

    /// A disk as it was.
    public init(state: State) {
        transport = VirtioTransport(state: state.transport)
        serialNumber = state.serialNumber
    }

    /// What the disk remembers.
    public var state: State { State(transport: transport.state, serialNumber: serialNumber) }

    /// Serves the requests in the queue, after the driver has announced some.
    ///
    /// - Parameter limit: how many to serve at most.
    /// - Returns: whether there are more.
    @discardableResult
    public mutating func service(
        disk: inout some BlockStorage,
        memory: inout some GuestMemoryAccess,
        limit: Int = .max
    ) -> Bool {
        let serialNumber = serialNumber
        var left = limit
        var hasMore = false
        transport.serve(queue: 0, &memory) { (buffer, memory) throws(VirtioQueue.Fault) in
            guard left > 0 else {
                hasMore = true
                return nil
            }
            left -= 1
            return try Self.serve(&buffer, serialNumber: serialNumber, &disk, &memory)
        }
        return hasMore
    }

    private static func serve(
        _ buffer: inout VirtioBuffer,
        serialNumber: [UInt8],
        _ disk: inout some BlockStorage,
        _ memory: inout some GuestMemoryAccess
    ) throws(VirtioQueue.Fault) -> UInt32 {
        guard let statusPlace = buffer.writable.takeLastByte() else { throw .misordered }
        let room = buffer.writable.byteCount
        var header = [UInt8](repeating: 0, count: headerSize)
        guard try buffer.readable.read(into: &header, &memory) == headerSize else { throw .misordered }
        let type = UInt32(truncatingIfNeeded: LittleEndian.number(header.span.extracting(0..<4)))
        let sector = LittleEndian.number(header.span.extracting(8..<16))
        let outcome: Outcome
        switch RequestType(rawValue: type) {
        case .read: outcome = try read(&buffer, sector, &disk, &memory)
        case .write: outcome = try write(&buffer, sector, &disk, &memory)
        case .flush: outcome = flush(&disk)
        case .identify:
            _ = try buffer.writable.write(serialNumber, &memory)
            outcome = .done
        case nil: outcome = .unsupported
        }
        let written = room - buffer.writable.byteCount
        try VirtioQueue.checked { () throws(GuestMemoryError) in
            let status: InlineArray<1, UInt8> = [outcome.rawValue]
            try memory.write(status.span, at: statusPlace)
        }
        return UInt32(truncatingIfNeeded: written + 1)
    }

    private static func read(
        _ buffer: inout VirtioBuffer,
        _ first: UInt64,
        _ disk: inout some BlockStorage,
        _ memory: inout some GuestMemoryAccess
    ) throws(VirtioQueue.Fault) -> Outcome {
        let count = buffer.writable.byteCount / UInt64(sectorSize)
        guard buffer.writable.byteCount % UInt64(sectorSize) == 0, disk.contains(first, count: count) else {
            return .failed
        }
        var done: UInt64 = 0
        while done < count {
            let step = min(sectorsPerStep, count - done)
            var bytes = [UInt8](repeating: 0, count: Int(step) * sectorSize)
            do throws(BlockStorageError) {
                var span = bytes.mutableSpan
                try disk.read(from: first + done, into: &span)
            } catch {
                return .failed
            }
            _ = try buffer.writable.write(bytes, &memory)
            done += step
        }
        return .done
    }

    private static func write(
        _ buffer: inout VirtioBuffer,
        _ first: UInt64,
        _ disk: inout some BlockStorage,
        _ memory: inout some GuestMemoryAccess
    ) throws(VirtioQueue.Fault) -> Outcome {
        let count = buffer.readable.byteCount / UInt64(sectorSize)
        guard buffer.readable.byteCount % UInt64(sectorSize) == 0, disk.contains(first, count: count),
            !disk.isReadOnly
        else { return .failed }
        var done: UInt64 = 0
        while done < count {
            let step = min(sectorsPerStep, count - done)
            var bytes = [UInt8](repeating: 0, count: Int(step) * sectorSize)
            _ = try buffer.readable.read(into: &bytes, &memory)
            do throws(BlockStorageError) {
                try disk.write(bytes.span, to: first + done)
            } catch {
                return .failed
            }
            done += step
        }
        return .done
    }

    private static func flush(_ disk: inout some BlockStorage) -> Outcome {
        do throws(BlockStorageError) {
            try disk.flush()
            return .done
        } catch {
            return .failed
        }
    }
}
