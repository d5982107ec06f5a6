internal import Devices
internal import X86

extension PCBoard {
    /// How many bytes of console input the guest has room for.
    public var consoleRoom: Int { serial1.receiveRoom }

    /// Gives the guest bytes of console input.
    public mutating func receiveConsole(_ bytes: [UInt8]) {
        for byte in bytes { serial1.receive(byte) }
        updateSerialLines()
    }

    /// What the text screen shows, without the blank lines at its end.
    public var screen: String {
        var bytes = [UInt8](repeating: 0, count: TextScreen.memoryByteCount)
        var reader = memory
        var span = bytes.mutableSpan
        // A machine too small to have text memory shows a blank screen.
        try? reader.read(at: GuestPhysicalAddress(TextScreen.memoryAddress), into: &span)
        var lines = TextScreen(memory: bytes.span, start: vga.startAddress).lines
        while lines.last == "" { lines.removeLast() }
        return lines.map { $0 + "\n" }.joined()
    }
}
