import EndToEnd
import Foundation

/// Debian's cloud kernel with busybox, made of what is installed.
enum LinuxGuest {
    /// The newest of the cloud kernels.
    static let kernel = boot.filter { $0.hasPrefix("vmlinuz-") && $0.hasSuffix("-cloud-amd64") }.max().map {
        "/boot/\($0)"
    }

    /// The newest of the kernels for every machine whose initial RAM disk, made by Debian's own tools, is there too.
    static let fullKernel: (kernel: String, disk: String)? =
        boot.filter { $0.hasPrefix("vmlinuz-") && $0.hasSuffix("-amd64") && !$0.contains("cloud") }.max()
        .map { ("/boot/\($0)", "/boot/\($0.replacing("vmlinuz", with: "initrd.img"))") }
        .flatMap { FileManager.default.fileExists(atPath: $0.1) ? $0 : nil }

    private static let boot = (try? FileManager.default.contentsOfDirectory(atPath: "/boot")) ?? []

    /// The same kernel with its debug information.
    static var debugSymbols: String? {
        kernel.map { "/usr/lib/debug/boot/" + $0.dropFirst("/boot/".count).replacing("vmlinuz", with: "vmlinux") }
            .flatMap { FileManager.default.fileExists(atPath: $0) ? $0 : nil }
    }

    static var canBeMade: Bool {
        kernel != nil && ["/bin/busybox", "/usr/bin/cpio"].allSatisfy { FileManager.default.fileExists(atPath: $0) }
    }

    /// Whether there are tools and rights to make a disk with a Debian.
    static var debianCanBeMade: Bool {
        fullKernel != nil && geteuid() == 0
            && ["/usr/sbin/debootstrap", "/usr/sbin/mkfs.ext4"].allSatisfy {
                FileManager.default.fileExists(atPath: $0)
            }
    }

    /// Makes the initial RAM disk, root.cpio, with a shell on the console; `linux-network` has a network card's drivers too.
    static func makeDisk(
        in directory: borrowing TemporaryDirectory,
        named name: String = "linux-root"
    ) throws -> Command.Result {
        try Command.shell("'\(maker)' \(name) root.cpio", in: directory)
    }

    /// Makes a disk, root.img, with a Debian that asks for a login on the console.
    static func makeDebian(in directory: borrowing TemporaryDirectory) throws -> Command.Result {
        try Command.shell("'\(maker)' debian-root root.img", in: directory)
    }

    private static let maker =
        URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Scripts/make-real-guest.sh").standardized.path
}
