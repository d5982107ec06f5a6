internal import Devices
internal import Platform
internal import X86

extension PCBoard {
    /// Whether console input goes into the guest's memory. It goes to the virtio console once the guest has shown
    /// something there, while its driver runs; else to COM1.
    public var receivesConsoleInMemory: Bool { showsOnVirtio && pci.console.transport.status.contains(.driverOK) }

    /// How many bytes of console input the guest has room for.
    public mutating func consoleRoom() -> Int {
        guard receivesConsoleInMemory else { return serial1.receiveRoom }
        defer { updatePCILines() }
        return pci.console.receiveRoom(memory: &memory)
    }

    /// Gives the guest bytes of console input, no more than it has room for.
    public mutating func receiveConsole(_ bytes: [UInt8]) {
        if receivesConsoleInMemory {
            _ = pci.console.receive(bytes, memory: &memory)
            updatePCILines()
        } else {
            for byte in bytes { serial1.receive(byte) }
            updateSerialLine1()
        }
    }

    /// What the text screen shows, without the blank lines at its end.
    public var screen: String {
        var bytes = [UInt8](repeating: 0, count: TextScreen.memoryByteCount)
        var reader = memory
        var span = bytes.mutableSpan
        // A machine too small to have text memory shows a blank screen.
        try? reader.read(at: GuestPhysicalAddress(AddressSpace.textMemory), into: &span)
        var lines = TextScreen(memory: bytes.span, start: vga.startAddress).lines
        while lines.last == "" { lines.removeLast() }
        return lines.map { $0 + "\n" }.joined()
    }
}
