import Foundation

/// What this process holds of KVM, as the kernel lists it.
struct HostResources: Equatable {
    /// Open descriptors of KVM, by what they lead to.
    var descriptors: [String]
    /// Mappings of vCPUs.
    var mappings: Int

    /// Looks at `/proc/self`.
    static func now() throws -> Self {
        let maps = try String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
        return Self(
            descriptors: try kvmDescriptors().map(\.target).sorted(),
            mappings: maps.split(separator: "\n").count { $0.contains("kvm-vcpu") }
        )
    }

    /// The flags of each open descriptor of KVM, as `open` takes them.
    static func kvmDescriptorFlags() throws -> [Int32] {
        try kvmDescriptors().map { descriptor in
            let info = try String(contentsOfFile: "/proc/self/fdinfo/\(descriptor.number)", encoding: .utf8)
            let line = info.split(separator: "\n").first { $0.hasPrefix("flags:") }
            return line.flatMap { Int32($0.dropFirst(6).trimmingCharacters(in: .whitespaces), radix: 8) } ?? 0
        }
    }

    private static func kvmDescriptors() throws -> [(number: String, target: String)] {
        let manager = FileManager.default
        return try manager.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { number in
            // The descriptor that lists the directory is gone by now.
            guard let target = try? manager.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(number)"),
                target.contains("kvm")
            else { return nil }
            return (number, target)
        }
    }
}
