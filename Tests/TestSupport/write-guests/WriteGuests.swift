import Foundation
import GuestImages

/// Writes every guest's flat image into a directory, as NAME.bin, and lists them: `write-guests DIRECTORY`.
@main
enum WriteGuests {
    static func main() {
        guard CommandLine.arguments.count == 2 else {
            fail(EX_USAGE, "usage: write-guests DIRECTORY")
        }
        let directory = URL(filePath: CommandLine.arguments[1], directoryHint: .isDirectory)
        do {
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            for guest in Guest.all {
                let file = directory.appending(path: guest.name + ".bin")
                try Data(guest.image).write(to: file, options: .atomic)
                print("\(file.path(percentEncoded: false))  \(guest.purpose)")
            }
        } catch {
            fail(EX_CANTCREAT, "write-guests: \(directory.relativePath): \(error.localizedDescription)")
        }
    }

    private static func fail(_ status: Int32, _ message: String) -> Never {
        FileHandle.standardError.write(Data((message + "\n").utf8))
        exit(status)
    }
}
