internal import Replayer
internal import TraceFormat
internal import X86

extension EventLine {
    /// An event of a trace in words.
    init(_ recorded: RecordedEvent, board: String, symbols: SymbolTable) {
        event = recorded.ordinal.rawValue
        time = UInt64(recorded.time)
        kind = recorded.event.kind.name
        text = "\(recorded.event)"
        switch recorded.event {
        case .memoryRead(let access), .memoryWrite(let access): place = PlaceNames.name(of: access.address)
        default: place = recorded.event.port.flatMap { PlaceNames.name(of: $0, on: board) }
        }
        guard recorded.rip != 0 else { return }
        address = "0x" + String(recorded.rip, radix: 16)
        symbol = symbols.name(of: GuestVirtualAddress(recorded.rip))
    }
}

extension EventLine {
    /// An entry of a list in which the console is folded into lines.
    init(_ entry: ConsoleFolder.Entry, board: String, symbols: SymbolTable) {
        switch entry {
        case .event(let recorded): self.init(recorded, board: board, symbols: symbols)
        case .console(let first, let last, let bytes):
            self.init(last, board: board, symbols: symbols)
            (event, time) = (first.ordinal.rawValue, UInt64(first.time))
            self.last = last.ordinal.rawValue
            kind = "console"
            text = "console \(ConsoleFolder.Entry.quoted(bytes))"
        }
    }
}

/// The start of the VGA text screen, as the guest sets it.
struct ScreenStart {
    /// CRT controller: the high and the low byte of the start (IBM VGA, registers 0x0C and 0x0D).
    private static let (highIndex, lowIndex): (UInt8, UInt8) = (0x0C, 0x0D)

    private var index: UInt8 = 0
    /// How many characters into text memory the screen begins.
    private(set) var value: UInt16 = 0

    mutating func add(_ event: Event) {
        guard case .portWrite(let access) = event else { return }
        switch access.port.rawValue {
        case PlaceNames.screenIndexPort:
            index = access.firstByte
            if access.size != .byte { set(UInt8(truncatingIfNeeded: access.value >> 8)) }
        case PlaceNames.screenDataPort: set(access.firstByte)
        default: return
        }
    }

    private mutating func set(_ byte: UInt8) {
        switch index {
        case Self.highIndex: value = value & 0xFF | UInt16(byte) << 8
        case Self.lowIndex: value = value & 0xFF00 | UInt16(byte)
        default: return
        }
    }
}
