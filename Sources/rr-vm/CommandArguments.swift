public import ArgumentParser
import Glibc
public import SystemPackage

/// The words of the command line. File names are bytes, so a word that is not valid UTF-8 must still fit into a string,
/// which gives the same bytes back when the word is used as a file name.
enum CommandArguments {
    /// A byte that is not part of a character is represented by a private-use character: this base plus the byte's
    /// value.
    private static let base: UInt32 = 0x10_FF00

    /// The words after the program's name.
    static var all: [String] {
        // SAFETY: the run time keeps the arguments, C strings, as long as the process lives.
        (1..<max(1, Int(CommandLine.argc))).compactMap { index in
            unsafe CommandLine.unsafeArgv[index].map { word in
                unsafe text(Array(UnsafeRawBufferPointer(start: word, count: strlen(word))))
            }
        }
    }

    /// Bytes as a string.
    static func text(_ bytes: [UInt8]) -> String {
        // Valid UTF-8 may itself contain one of the characters that represent bytes.
        if let text = String(validating: bytes, as: UTF8.self), !text.unicodeScalars.contains(where: standsForByte) {
            return text
        }
        var text = ""
        var rest = bytes[...]
        while let first = rest.first {
            let (scalar, length) = character(at: rest) ?? (Unicode.Scalar(base + UInt32(first)) ?? "?", 1)
            text.unicodeScalars.append(scalar)
            rest = rest.dropFirst(length)
        }
        return text
    }

    /// The bytes of a string.
    static func bytes(_ text: String) -> [UInt8] {
        text.unicodeScalars.flatMap { scalar in
            standsForByte(scalar) ? [UInt8(truncatingIfNeeded: scalar.value)] : Array(String(scalar).utf8)
        }
    }

    private static func standsForByte(_ scalar: Unicode.Scalar) -> Bool { scalar.value >= base + 0x80 }

    private static func character(at bytes: ArraySlice<UInt8>) -> (Unicode.Scalar, length: Int)? {
        for length in 1...min(4, bytes.count) {
            guard let text = String(validating: bytes.prefix(length), as: UTF8.self),
                let scalar = text.unicodeScalars.first, !standsForByte(scalar)
            else { continue }
            return (scalar, length)
        }
        return nil
    }
}

extension CompletionKind {
    /// The beginnings of moments' names.
    static var moments: CompletionKind { .list(["end", "console:", "console~", "port:"]) }
}

extension FilePath: @retroactive ExpressibleByArgument {
    /// A shell completes it with the names of files.
    public static var defaultCompletionKind: CompletionKind { .file() }

    /// The file that a word of the command line names.
    public init(argument: String) {
        // SAFETY: the array ends with a zero and lives through the call, which reads up to there.
        unsafe self.init(
            platformString: (CommandArguments.bytes(argument) + [0]).map { CInterop.PlatformChar(bitPattern: $0) }
        )
    }
}
