import Glibc
import KVMCore
import Synchronization
import SystemPackage

/// The host with capabilities that it has or lacks for a test's sake, and with requests whose bytes are kept instead of made.
final class FakeHost: Sendable {
    /// What the host says of capabilities, in place of what it would say.
    let capabilities: [Capability: Int32]
    /// Requests that are answered here, each with the size of its structure.
    let sizes: [String: Int]
    /// What a request finds in its structure afterwards, if anything.
    let replies: [String: [UInt8]]
    /// Requests that return a new descriptor: of nothing.
    let descriptors: Set<String>

    private let requests = Mutex<[String: [UInt8]]>([:])

    init(
        capabilities: [Capability: Int32] = [:],
        sizes: [String: Int] = [:],
        replies: [String: [UInt8]] = [:],
        descriptors: Set<String> = []
    ) {
        self.capabilities = capabilities
        self.sizes = sizes
        self.replies = replies
        self.descriptors = descriptors
    }

    var calls: HostCalls {
        HostCalls { request, argument in
            if request == "KVM_CHECK_EXTENSION" {
                return self.capabilities[Capability(rawValue: UInt32(argument))].map { .returns($0) } ?? .made
            }
            guard let size = self.sizes[request], let address = unsafe UnsafeMutableRawPointer(bitPattern: argument)
            else {
                return .made
            }
            // SAFETY: a request that is listed has a structure of that size at its address.
            let bytes = unsafe UnsafeMutableRawBufferPointer(start: address, count: size)
            self.requests.withLock { $0[request] = unsafe [UInt8](bytes) }
            if let reply = self.replies[request] { unsafe bytes.copyBytes(from: reply) }
            // SAFETY: the path lives through the call.
            let isDescriptor = self.descriptors.contains(request)
            return .returns(isDescriptor ? unsafe open("/dev/null", O_RDWR | O_CLOEXEC) : 0)
        }
    }

    /// The bytes that a request was made with.
    func bytes(of request: String) -> [UInt8] { requests.withLock { $0[request] ?? [] } }

    func vm() throws -> VM { try KVMSystem.open(path: KVMSystem.devicePath, host: calls).createVM() }
}

extension [UInt8] {
    /// The little-endian words of 64 bits that these bytes are.
    var words: [UInt64] {
        stride(from: 0, to: count - count % 8, by: 8).map { start in
            self[start..<start + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
    }
}

/// The error of a call that has to fail with one; what is called may not be copied, so that `#expect(throws:)` cannot hold it.
func failure(_ body: () throws -> Void) -> KVMError? {
    do { try body() } catch { return error as? KVMError }
    return nil
}
