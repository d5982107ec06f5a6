import SystemPackage

/// Writes an archive of files in the form that every `tar` reads (POSIX.1-1988, ustar).
struct TarWriter {
    private static let blockSize = 512
    /// The largest size that the header's 11 octal digits hold.
    static let largestFile: UInt64 = 1 << 33 - 1

    let file: FileDescriptor
    /// When the files were changed, in seconds since 1970, as the archive says.
    let time: UInt64

    /// Begins a file: this many bytes must be written to ``file`` next, and then ``end(after:)`` called.
    func begin(_ name: String, size: UInt64, isProgram: Bool = false) throws {
        var block = [UInt8](repeating: 0, count: Self.blockSize)
        func put(_ text: String, at place: Int) {
            for (index, byte) in text.utf8.enumerated() { block[place + index] = byte }
        }
        put(name, at: 0)
        put(isProgram ? "0000755" : "0000644", at: 100)
        put("0000000", at: 108)
        put("0000000", at: 116)
        put(Self.octal(size, digits: 11), at: 124)
        put(Self.octal(time, digits: 11), at: 136)
        put("        ", at: 148)
        put("0", at: 156)
        put("ustar\u{0}00", at: 257)
        let sum = block.reduce(UInt64(0)) { $0 + UInt64($1) }
        put(Self.octal(sum, digits: 6) + "\u{0} ", at: 148)
        _ = try file.writeAll(block)
    }

    /// Fills the last block of a file.
    func end(after size: UInt64) throws {
        let rest = Int(size % UInt64(Self.blockSize))
        if rest > 0 { _ = try file.writeAll([UInt8](repeating: 0, count: Self.blockSize - rest)) }
    }

    /// Adds a file with a text.
    func add(_ name: String, _ text: String, isProgram: Bool = false) throws {
        let size = UInt64(text.utf8.count)
        try begin(name, size: size, isProgram: isProgram)
        _ = try file.writeAll(text.utf8)
        try end(after: size)
    }

    /// Ends the archive.
    func finish() throws { _ = try file.writeAll([UInt8](repeating: 0, count: 2 * Self.blockSize)) }

    private static func octal(_ value: UInt64, digits: Int) -> String {
        let text = String(value, radix: 8)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
