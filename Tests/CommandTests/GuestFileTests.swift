import EndToEnd
import Glibc
import GuestImages
import SystemPackage
import Testing

/// A guest's file is read once, whatever has to be known of it: what is loaded is what was looked at.
@Suite(.needsKVM) struct GuestFileTests {
    /// A disk is read to see that it is one, and opened for the machine.
    @Test(arguments: [(["--flat"], 1), (["--boot", "flat"], 1), ([], 2)] as [([String], Int)])
    func guestIsOpenedOnce(options: [String], opened: Int) throws {
        let directory = try TemporaryDirectory()
        // Half a KiB with a boot sector's signature: a disk, where nothing says otherwise.
        var image = Guest.named("hello").image
        image += [UInt8](repeating: 0, count: 510 - image.count) + [0x55, 0xAA]
        try directory.write(image, to: "guest")
        let watch = try OpenCounter(directory.file("guest"))

        let result = try Command(["record", "guest", "-o", "t.rrvm", "--max-events", "1"] + options, in: directory)
            .wait()

        #expect(result.messages.contains("limit of events"), "\(result)")
        #expect(watch.count == opened, "\(result)")
    }
}

/// Counts how often a file is opened (inotify).
private struct OpenCounter: ~Copyable {
    private let descriptor: CInt

    init(_ path: FilePath) throws {
        descriptor = inotify_init1(CInt(IN_NONBLOCK | IN_CLOEXEC))
        // SAFETY: the string lives through the call, which only reads it.
        let watch = unsafe path.withPlatformString {
            unsafe inotify_add_watch(descriptor, $0, UInt32(IN_OPEN | IN_CLOSE))
        }
        try #require(watch >= 0)
    }

    deinit { close(descriptor) }

    /// How often since it was made.
    var count: Int {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        // SAFETY: the call fills at most the array's own bytes.
        let size = unsafe bytes.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
        // Events of a watched file have no name: each is 16 bytes, the mask from the fifth on. Equal ones that follow each
        // other would be one; so closing it is watched too.
        let masks = stride(from: 4, to: max(0, size), by: 16).map { UInt32(bytes[$0]) }
        return masks.count { $0 & UInt32(IN_OPEN) != 0 }
    }
}
