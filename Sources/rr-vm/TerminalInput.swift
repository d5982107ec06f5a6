import Dispatch
import Glibc
import Recorder
import SystemPackage
import TraceFormat

/// Standard input as the guest's console: a terminal in raw mode, or whatever else it is.
///
/// On a terminal Ctrl-A X ends the run and Ctrl-A A types a Ctrl-A.
struct TerminalInput {
    private static let descriptor = FileDescriptor.standardInput
    private static let escape: UInt8 = 0x01

    /// How the terminal was; nil if there is none.
    private let former: termios?

    /// Begins to read, on a thread of its own.
    init(_ input: ConsoleInput, stop: StopRequest) {
        former = Self.makeRaw()
        let isTerminal = former != nil
        // A background job that reads from its terminal would be stopped.
        guard isTerminal || isatty(Self.descriptor.rawValue) == 0 else { return }
        let thread = DispatchQueue(label: "console input")
        thread.async { Self.read(into: input, stop, isTerminal: isTerminal) }
    }

    /// Gives the terminal back as it was, and reads on only until the process ends.
    func end() {
        guard var former else { return }
        // SAFETY: tcsetattr reads the structure that it is lent.
        unsafe tcsetattr(Self.descriptor.rawValue, TCSADRAIN, &former)
    }

    private static func makeRaw() -> termios? {
        var present = termios()
        // SAFETY: tcgetattr fills the structure that it is lent, cfmakeraw changes it, tcsetattr reads it.
        guard isatty(descriptor.rawValue) == 1, tcgetpgrp(descriptor.rawValue) == getpgrp(),
            unsafe tcgetattr(descriptor.rawValue, &present) == 0
        else { return nil }
        var raw = present
        unsafe cfmakeraw(&raw)
        // Lines of other programs, this one's own messages among them, still end where they should.
        raw.c_oflag = present.c_oflag
        return unsafe tcsetattr(descriptor.rawValue, TCSADRAIN, &raw) == 0 ? present : nil
    }

    private static func read(into input: ConsoleInput, _ stop: StopRequest, isTerminal: Bool) {
        var block = [UInt8](repeating: 0, count: 4096)
        var isEscaped = false
        while true {
            // SAFETY: read fills at most the block's own bytes.
            guard let count = try? unsafe block.withUnsafeMutableBytes({ try unsafe descriptor.read(into: $0) }),
                count > 0
            else { return }
            guard isTerminal else {
                input.send(block[..<count])
                continue
            }
            for byte in block[..<count] {
                if !isEscaped, byte == escape {
                    isEscaped = true
                    continue
                }
                defer { isEscaped = false }
                switch (isEscaped, byte) {
                case (true, UInt8(ascii: "x")), (true, UInt8(ascii: "X")): stop.request(.interrupted)
                case (true, UInt8(ascii: "a")), (true, UInt8(ascii: "A")), (true, escape): input.send([escape])
                default: input.send([byte])
                }
            }
        }
    }
}
