import Platform
import X86

extension DeviceRead: CustomStringConvertible {
    /// What the guest gave, in a few words: a call with its arguments, or an address and a number of bytes.
    public var description: String {
        switch content {
        case .arguments(let bytes):
            if let call = Hypercall(port), let arguments = try? HypercallArguments(of: call, bytes) {
                return "\(arguments)"
            }
            return "arguments at \(address), \(bytes.count) bytes"
        case .data(let bytes): return "\(address) \(bytes.count) bytes\(isConsole ? " console" : "")"
        case .digest(let digest, let count): return "\(address) \(count) bytes with digest \(digest)"
        }
    }
}
