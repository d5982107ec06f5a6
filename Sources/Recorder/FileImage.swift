internal import CHostIO
public import Devices
internal import Glibc
public import Machine
public import SystemPackage

/// A disk image in a file of the host's: the disk's sectors, one after the other.
public final class FileImage: DiskImage {
    private static let sectorSize = 512

    private let file: FileDescriptor
    /// How many sectors of 512 bytes there are.
    public let sectorCount: UInt64

    /// Why a file is no disk image.
    public enum Failure: Error, Hashable, CustomStringConvertible {
        /// It cannot be opened.
        case unopened(Errno)
        /// It is to be written to, and somebody else has it open as a disk: this program or another.
        case inUse
        /// It holds nothing.
        case empty
        /// It is not made of whole sectors.
        case oddSize(bytes: Int64)

        /// Whether it is about the file, and not about what it holds.
        public var isOfFile: Bool {
            switch self {
            case .unopened, .inUse: true
            case .empty, .oddSize: false
            }
        }

        /// One line, without a final full stop.
        public var description: String {
            switch self {
            case .unopened(let error): "\(error)"
            case .inUse:
                "somebody else uses it, and a disk that is written to belongs to one machine; without ',write' it can be used"
            case .empty: "it is empty"
            case .oddSize(let bytes):
                "its \(bytes) bytes are not whole sectors of 512 bytes; is it a raw image?"
            }
        }
    }

    /// Opens an image. One that is written to is locked, by what it is and not by its name, as long as it is open: against
    /// another such opening, and against QEMU, which locks the parts of it that stand for what it does. Where a file system
    /// has no locks, nothing is refused.
    ///
    /// - Parameter forWriting: whether the guest may change it.
    public init(_ path: FilePath, forWriting: Bool) throws(Failure) {
        let size: Int64
        do {
            // Not to wait for the other end of a pipe.
            let options: FileDescriptor.OpenOptions = [.closeOnExec, .nonBlocking]
            file = try FileDescriptor.open(path, forWriting ? .readWrite : .readOnly, options: options)
        } catch {
            throw .unopened(error as? Errno ?? .ioError)
        }
        if forWriting, chostio_lock(file.rawValue) == EAGAIN {
            try? file.close()
            throw .inUse
        }
        do {
            size = try file.seek(offset: 0, from: .end)
            // A directory can be opened and has a size: it says what it is when it is read.
            var byte: [UInt8] = [0]
            // SAFETY: the buffer is lent for the length of the call, which fills at most its own bytes.
            _ = unsafe try byte.withUnsafeMutableBytes { [file] in
                unsafe try file.read(fromAbsoluteOffset: 0, into: $0)
            }
        } catch {
            try? file.close()
            throw .unopened(error as? Errno ?? .ioError)
        }
        sectorCount = UInt64(max(size, 0)) / UInt64(Self.sectorSize)
        guard size > 0, size % Int64(Self.sectorSize) == 0 else {
            try? file.close()
            throw size > 0 ? .oddSize(bytes: size) : .empty
        }
    }

    deinit { try? file.close() }

    /// Fills `bytes` from the file; what lies behind its end by now reads as zeros.
    public func read(from first: UInt64, into bytes: inout MutableSpan<UInt8>) throws(BlockStorageError) {
        let start = Int64(first) * Int64(Self.sectorSize)
        // SAFETY: the buffer is lent for the length of the call, which fills at most its own bytes.
        let failure = unsafe bytes.withUnsafeMutableBytes { (buffer) -> Errno? in
            var done = 0
            while done < buffer.count {
                do {
                    let part = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
                    let count = unsafe try file.read(fromAbsoluteOffset: start + Int64(done), into: part)
                    guard count > 0 else {
                        unsafe part.initializeMemory(as: UInt8.self, repeating: 0)
                        return nil
                    }
                    done += count
                } catch {
                    return error as? Errno ?? .ioError
                }
            }
            return nil
        }
        if let failure { throw .failed(errno: failure.rawValue) }
    }

    /// Writes `bytes` to the file.
    public func write(_ bytes: Span<UInt8>, to first: UInt64) throws(BlockStorageError) {
        let start = Int64(first) * Int64(Self.sectorSize)
        // SAFETY: the buffer is lent for the length of the call, which only reads it.
        let failure = unsafe bytes.withUnsafeBytes { (buffer) -> Errno? in
            do {
                unsafe try file.writeAll(toAbsoluteOffset: start, buffer)
                return nil
            } catch {
                return error as? Errno ?? .ioError
            }
        }
        if let failure { throw .failed(errno: failure.rawValue) }
    }

    /// Makes sure that what was written is in the file.
    public func flush() throws(BlockStorageError) {
        guard fsync(file.rawValue) == 0 else { throw .failed(errno: errno) }
    }
}
