internal import Glibc

/// Which processor, kernel and KVM module a host has.
public struct HostIdentity: Codable, Hashable, Sendable {
    /// The processor's vendor as CPUID spells it, such as `GenuineIntel`; empty if the kernel does not say.
    public var processorVendor: String
    /// The processor's name; empty if the kernel does not say.
    public var processorModel: String
    /// The kernel's release, as in `uname -r`.
    public var kernelRelease: String
    /// KVM's modules below its common one, such as `kvm_intel`, in alphabetical order.
    public var modules: [String]

    /// Makes an identity of its parts.
    public init(processorVendor: String, processorModel: String, kernelRelease: String, modules: [String]) {
        self.processorVendor = processorVendor
        self.processorModel = processorModel
        self.kernelRelease = kernelRelease
        self.modules = modules
    }

    /// The host that this process runs on, as `/proc` and `/sys` described it at the first use.
    public static let current = read()

    private static func read() -> Self {
        let processor = lines(of: "/proc/cpuinfo")
        return Self(
            processorVendor: field("vendor_id", in: processor),
            processorModel: field("model name", in: processor),
            kernelRelease: lines(of: "/proc/sys/kernel/osrelease").first ?? "",
            modules: names(in: "/sys/module").filter { $0.hasPrefix("kvm_") }.sorted()
        )
    }

    private static func field(_ name: String, in lines: [String]) -> String {
        guard let line = lines.first(where: { $0.hasPrefix(name) }), let colon = line.firstIndex(of: ":") else {
            return ""
        }
        return String(line[line.index(after: colon)...].drop { $0 == " " })
    }

    /// The lines of the first 64 KiB of a file; none if it cannot be read.
    private static func lines(of path: String) -> [String] {
        // SAFETY: the strings are lent as C strings for the length of the call.
        guard let file = unsafe fopen(path, "r") else { return [] }
        defer { unsafe fclose(file) }
        var block = [UInt8](repeating: 0, count: 65536)
        // SAFETY: fread fills at most the block's own bytes.
        let count = unsafe block.withUnsafeMutableBytes { unsafe fread($0.baseAddress, 1, $0.count, file) }
        return String(decoding: block[..<count], as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// The names in a directory; none if it cannot be read.
    private static func names(in path: String) -> [String] {
        // SAFETY: the string is lent as a C string for the length of the call.
        guard let directory = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        // SAFETY: an entry is valid until the next call, and its name ends with a zero within the structure.
        while let entry = unsafe readdir(directory) {
            unsafe names.append(
                withUnsafeBytes(of: entry.pointee.d_name) {
                    unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                }
            )
        }
        return names
    }
}
