internal import CHostIO
public import Devices
internal import Glibc
public import Machine
public import SystemPackage

/// A disk image in a host file, with the disk's sectors in order.
public final class FileImage: DiskImage {
    private static let sectorSize = 512

    private let file: FileDescriptor
    /// The number of 512-byte sectors.
    public let sectorCount: UInt64

    /// Why a file cannot be used as a disk image.
    public enum Failure: Error, Hashable, CustomStringConvertible {
        /// It cannot be opened.
        case unopened(Errno)
        /// It is to be opened for writing, but this program or another one has it open as a disk.
        case inUse
        /// It is empty.
        case empty
        /// Its size is not a whole number of sectors.
        case oddSize(bytes: Int64)

        /// Whether the failure concerns the file itself and not its contents.
        public var isOfFile: Bool {
            switch self {
            case .unopened, .inUse: true
            case .empty, .oddSize: false
            }
        }

        /// A one-line description without a final full stop.
        public var description: String {
            switch self {
            case .unopened(let error): "\(error)"
            case .inUse:
                "another process uses it, and only one machine may write to a disk; leave out ',write' to use it without changing it"
            case .empty: "it is empty"
            case .oddSize(let bytes):
                "its \(bytes) bytes are not whole sectors of 512 bytes; is it a raw image?"
            }
        }
    }

    /// Opens an image. An image that is opened for writing stays locked while it is open. The lock belongs to the file
    /// and not to its name. It keeps out another opening by this type, and QEMU, which locks the bytes of the file that
    /// stand for its own operations. If the file system has no locks, nothing is refused.
    ///
    /// - Parameter forWriting: whether the guest may change the image.
    public init(_ path: FilePath, forWriting: Bool) throws(Failure) {
        let size: Int64
        do {
            // Do not wait for the other end of a pipe.
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
            // A directory can be opened and has a size. Only a read shows that it is one.
            var byte: [UInt8] = [0]
            // SAFETY: the buffer is lent only for the call, which stays within it.
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

    /// Fills `bytes` from the file. If the file has become shorter, the part after its end reads as zeros.
    public func read(from first: UInt64, into bytes: inout MutableSpan<UInt8>) throws(BlockStorageError) {
        let start = Int64(first) * Int64(Self.sectorSize)
        // SAFETY: the buffer is lent only for the call, which stays within it.
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
        // SAFETY: the buffer is lent only for the call, which only reads it.
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

    /// Makes sure that everything written has reached the file.
    public func flush() throws(BlockStorageError) {
        guard fsync(file.rawValue) == 0 else { throw .failed(errno: errno) }
    }
}
