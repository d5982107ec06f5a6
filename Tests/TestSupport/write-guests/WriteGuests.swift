import Foundation
import GuestImages

/// Writes every guest's image into a directory, as NAME.bin, with the other files that it is run with, and prints how
/// to run each: `write-guests DIRECTORY`. What a guest of experiments must print goes to NAME.text.
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
                for file in guest.files {
                    try Data(file.bytes).write(to: directory.appending(path: file.name), options: .atomic)
                }
                if guest.hasExperiments, let text = guest.console {
                    try Data(text.utf8).write(to: directory.appending(path: "\(guest.name).text"), options: .atomic)
                }
                let words = guest.arguments.map { $0.contains(" ") ? "'\($0)'" : $0 }
                print("rr-vm record \(words.joined(separator: " "))  # \(guest.purpose)")
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
