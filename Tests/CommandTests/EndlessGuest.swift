import EndToEnd

/// Guests of a few bytes that never end, in real mode.
enum EndlessGuest {
    /// cli; then for ever: out %al, $0x80 and 500 turns of a loop. Where KVM emulates real mode, an event takes a third of a
    /// millisecond: far fewer come in a flush interval than fill a chunk.
    static let steady: [UInt8] = [0xFA, 0xE6, 0x80, 0xB9, 0xF4, 0x01, 0xE2, 0xFE, 0xEB, 0xF7]
    /// cli; then for ever: out %al, $0x80.
    static let storming: [UInt8] = [0xFA, 0xE6, 0x80, 0xEB, 0xFC]
}

extension TemporaryDirectory {
    /// Starts `rr-vm record` of such a guest, as trace.rrvm.
    func startRecording(_ guest: [UInt8], _ options: String...) throws -> Command {
        try write(guest, to: "guest")
        return try Command(
            ["record", "guest", "--flat", "--memory", "16M", "-o", "trace.rrvm"] + options,
            in: self
        )
    }
}
