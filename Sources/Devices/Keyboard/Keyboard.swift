/// A PS/2 keyboard at the end of its cable. It takes commands and sends bytes (IBM PS/2 hardware reference, keyboard).
struct Keyboard: Hashable, Sendable {
    /// Commands from the host.
    enum Command: UInt8 {
        case setIndicators = 0xED
        case echo = 0xEE
        case scanCodeSet = 0xF0
        case identify = 0xF2
        case setTypematic = 0xF3
        case enable = 0xF4
        case disable = 0xF5
        case setDefault = 0xF6
        case resend = 0xFE
        case reset = 0xFF

        var hasArgument: Bool { self == .setIndicators || self == .scanCodeSet || self == .setTypematic }
    }

    /// Answers to the host.
    enum Answer {
        static let acknowledge: UInt8 = 0xFA
        static let resend: UInt8 = 0xFE
        static let echo: UInt8 = 0xEE
        static let selfTestPassed: UInt8 = 0xAA
        static let identity: [UInt8] = [0xAB, 0x83]
    }

    /// How many bytes may wait to be sent; a key that does not fit is lost.
    static let queueDepth = 32

    private(set) var queue: [UInt8] = []
    private var isScanning = true
    private var scanCodeSet: UInt8 = 2
    private var lastSent: UInt8 = 0
    /// A command that waits for its argument.
    private var pending: UInt8?

    var room: Int { Self.queueDepth - queue.count }

    mutating func takeByte() -> UInt8? {
        guard !queue.isEmpty else { return nil }
        lastSent = queue.removeFirst()
        return lastSent
    }

    /// Sends a key's bytes; false if there is no room for them, or if the host has disabled the keyboard.
    mutating func send(_ key: ScanCode, isPressed: Bool) -> Bool {
        let bytes = scanCodeSet == 1 ? key.set1(isPressed: isPressed) : key.set2(isPressed: isPressed)
        guard isScanning, bytes.count <= room else { return false }
        queue += bytes
        return true
    }

    mutating func receive(_ byte: UInt8) {
        if let pending, let command = Command(rawValue: pending), byte < Command.setIndicators.rawValue {
            self.pending = nil
            take(byte, for: command)
            return
        }
        pending = nil
        guard let command = Command(rawValue: byte) else {
            answer([Answer.resend])
            return
        }
        perform(command)
    }

    private mutating func take(_ argument: UInt8, for command: Command) {
        guard command == .scanCodeSet else {
            answer([Answer.acknowledge])
            return
        }
        switch argument {
        case 0: answer([Answer.acknowledge, scanCodeSet])
        case 1, 2:
            scanCodeSet = argument
            answer([Answer.acknowledge])
        default: answer([Answer.resend])
        }
    }

    private mutating func perform(_ command: Command) {
        switch command {
        case .setIndicators, .scanCodeSet, .setTypematic:
            pending = command.rawValue
            answer([Answer.acknowledge])
        case .echo: answer([Answer.echo])
        case .identify: answer([Answer.acknowledge] + Answer.identity)
        case .enable:
            isScanning = true
            queue.removeAll(keepingCapacity: true)
            answer([Answer.acknowledge])
        case .disable:
            restoreDefaults()
            isScanning = false
            answer([Answer.acknowledge])
        case .setDefault:
            restoreDefaults()
            answer([Answer.acknowledge])
        case .resend: answer([lastSent])
        case .reset:
            restoreDefaults()
            answer([Answer.acknowledge, Answer.selfTestPassed])
        }
    }

    private mutating func restoreDefaults() {
        isScanning = true
        scanCodeSet = 2
        queue.removeAll(keepingCapacity: true)
    }

    /// Answers go before waiting keys, so that the host cannot confuse them.
    private mutating func answer(_ bytes: [UInt8]) {
        queue.insert(contentsOf: bytes, at: 0)
        if queue.count > Self.queueDepth { queue.removeLast(queue.count - Self.queueDepth) }
    }
}
