import EndToEnd
import Foundation

/// Debian's cloud kernel with busybox, made of what is installed.
enum LinuxGuest {
    /// The newest of the cloud kernels.
    static let kernel: String? = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/boot")) ?? []
        return names.filter { $0.hasPrefix("vmlinuz-") && $0.hasSuffix("-cloud-amd64") }.max().map { "/boot/\($0)" }
    }()

    /// The same kernel with its debug information.
    static var debugSymbols: String? {
        kernel.map { "/usr/lib/debug/boot/" + $0.dropFirst("/boot/".count).replacing("vmlinuz", with: "vmlinux") }
            .flatMap { FileManager.default.fileExists(atPath: $0) ? $0 : nil }
    }

    static var canBeMade: Bool {
        kernel != nil && ["/bin/busybox", "/usr/bin/cpio"].allSatisfy { FileManager.default.fileExists(atPath: $0) }
    }

    /// Makes the initial RAM disk, root.cpio, with a shell on the console; `linux-network` has a network card's drivers too.
    static func makeDisk(
        in directory: borrowing TemporaryDirectory,
        named name: String = "linux-root"
    ) throws -> Command.Result {
        try Command.shell("'\(maker)' \(name) root.cpio", in: directory)
    }

    private static let maker =
        URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Scripts/make-real-guest.sh").standardized.path
}
