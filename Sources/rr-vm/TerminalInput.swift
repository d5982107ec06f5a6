import CHostIO
import Dispatch
import Glibc
import Recorder
import Synchronization
import SystemPackage
import TraceFormat

/// Standard input as the guest's console. A terminal is put into raw mode; anything else is read only as far as the
/// guest reads.
///
/// On a terminal Ctrl-A X ends the run and so does Ctrl-C, unless it is to be typed. Ctrl-A C types a Ctrl-C in any case,
/// and Ctrl-A A a Ctrl-A.
struct TerminalInput {
    private static let descriptor = FileDescriptor.standardInput
    private static let escape: UInt8 = 0x01
    private static let interrupt: UInt8 = 0x03

    /// Whether the terminal is the guest's.
    private static let isInUse = Mutex(false)

    /// Begins to read, on a thread of its own.
    init(_ input: ConsoleInput, stop: StopRequest, endsAtInterrupt: Bool) {
        let isTerminal = Self.isInUse.withLock { isInUse in
            isInUse = Self.makeRaw()
            return isInUse
        }
        // A background job that reads from its terminal would be stopped.
        guard isTerminal || isatty(Self.descriptor.rawValue) == 0 else { return }
        let thread = DispatchQueue(label: "console input")
        thread.async { isTerminal ? Self.type(into: input, stop, endsAtInterrupt) : Self.feed(input) }
    }

    /// Restores the terminal. The reading goes on until the process ends.
    func end() {
        Self.isInUse.withLock { isInUse in
            isInUse = false
            chostio_terminal_restore()
        }
    }

    /// Restores the terminal while the process is stopped.
    static func pause() {
        isInUse.withLock { _ in chostio_terminal_restore() }
    }

    /// Takes the terminal again after ``pause()``, unless another program has it by now.
    static func resume() {
        isInUse.withLock { isInUse in
            guard isInUse else { return }
            chostio_terminal_restore()
            _ = makeRaw()
        }
    }

    private static func makeRaw() -> Bool {
        isatty(descriptor.rawValue) == 1 && tcgetpgrp(descriptor.rawValue) == getpgrp()
            && chostio_terminal_make_raw(descriptor.rawValue) == 0
    }

    /// The bytes that have come, at most a few kilobytes; nil at the end.
    private static func read() -> ArraySlice<UInt8>? {
        var block = [UInt8](repeating: 0, count: 4096)
        // SAFETY: read fills at most the block's own bytes.
        guard let count = try? unsafe block.withUnsafeMutableBytes({ try unsafe descriptor.read(into: $0) }), count > 0
        else { return nil }
        return block[..<count]
    }

    private static func feed(_ input: ConsoleInput) {
        while let bytes = read() { input.feed(bytes) }
    }

    /// Keeps reading even if the guest reads nothing, because a key may end the run. What is typed then is lost
    /// eventually, as on a real machine.
    private static func type(into input: ConsoleInput, _ stop: StopRequest, _ endsAtInterrupt: Bool) {
        var isEscaped = false
        while let bytes = read() {
            for byte in bytes {
                if !isEscaped, byte == escape {
                    isEscaped = true
                    continue
                }
                defer { isEscaped = false }
                switch (isEscaped, byte) {
                case (true, UInt8(ascii: "x")), (true, UInt8(ascii: "X")): stop.request(.interrupted)
                case (false, interrupt) where endsAtInterrupt: stop.request(.interrupted)
                case (true, UInt8(ascii: "a")), (true, UInt8(ascii: "A")), (true, escape): input.offer([escape])
                case (true, UInt8(ascii: "c")), (true, UInt8(ascii: "C")), (true, interrupt): input.offer([interrupt])
                default: input.offer([byte])
                }
            }
        }
    }
}
