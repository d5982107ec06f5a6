import ByteCoding
import X86

extension RecordedEvent {
    /// The event as one line of JSON, without a line end. Numbers that may need 64 bits are hexadecimal strings.
    /// docs/trace-format.md lists the fields of each kind.
    public var json: String {
        var text = TextBuffer(capacity: 256, makesPrintable: true)
        appendJSON(to: &text)
        return text.string
    }

    /// Appends the event as one line of JSON, without a line end.
    public func appendJSON(to text: inout TextBuffer) {
        text.beginObject()
        text.add("event", ordinal.rawValue)
        text.add("time", UInt64(time))
        text.add("kind", word: event.kind.word)
        event.addFields(to: &text)
        if let instructions { text.add("instructions", instructions) }
        text.add("rip", hexadecimal: rip)
        text.endObject()
    }
}

extension Event {
    fileprivate func addFields(to text: inout TextBuffer) {
        switch self {
        case .portRead(let access):
            text.add(access)
        case .portWrite(let access):
            text.add(access)
            text.add("console", access.isConsole)
        case .memoryRead(let access), .memoryWrite(let access):
            text.add("address", hexadecimal: access.address.rawValue)
            text.add("size", UInt64(access.length))
            text.add("value", hexadecimal: access.value)
        case .readMSR(let index, let value):
            text.add("index", hexadecimal: UInt64(index))
            text.add("value", hexadecimal: value ?? 0)
            text.add("fault", value == nil)
        case .writeMSR(let index, let value, let faults):
            text.add("index", hexadecimal: UInt64(index))
            text.add("value", hexadecimal: value)
            text.add("fault", faults)
        case .halt, .tripleFault, .nonMaskableInterrupt:
            break
        case .interrupt(let vector):
            text.add("vector", UInt64(vector))
        case .deviceWrite(let address, let bytes):
            text.add("address", hexadecimal: address.rawValue)
            text.add("bytes", bytes: bytes)
        case .deviceRead(let read):
            text.add("port", hexadecimal: UInt64(read.port.rawValue))
            text.add("address", hexadecimal: read.address.rawValue)
            text.add(read.content)
            text.add("console", read.isConsole)
        case .hiddenRead(let read):
            text.add("instruction", read.instruction.name)
            text.add("value", hexadecimal: read.value)
            text.add("auxiliary", hexadecimal: UInt64(read.auxiliary))
            text.add("succeeded", read.succeeded)
        case .keyframe(let number, let position):
            text.add("number", UInt64(number))
            text.add("position", position.name)
        case .end(let outcome):
            outcome.addFields(to: &text)
        }
    }
}

extension Outcome {
    fileprivate func addFields(to text: inout TextBuffer) {
        switch self {
        case .exited(let code):
            text.add("outcome", word: "exited")
            text.add("code", UInt64(code))
        case .halted: text.add("outcome", word: "halted")
        case .tripleFault: text.add("outcome", word: "tripleFault")
        case .reset: text.add("outcome", word: "reset")
        case .poweredOff: text.add("outcome", word: "poweredOff")
        case .emulationFailure(let address, let instruction, let message):
            text.add("outcome", word: "emulationFailure")
            text.add("address", hexadecimal: address.rawValue)
            text.add("bytes", bytes: instruction)
            text.add("text", message)
        case .guestFault(let message):
            text.add("outcome", word: "guestFault")
            text.add("text", message)
        case .hostLimit(let message):
            text.add("outcome", word: "hostLimit")
            text.add("text", message)
        case .stopped(.interrupted): text.add("outcome", word: "interrupted")
        case .stopped(.timeLimit): text.add("outcome", word: "timeLimit")
        case .stopped(.eventLimit): text.add("outcome", word: "eventLimit")
        case .stopped(.sizeLimit): text.add("outcome", word: "sizeLimit")
        case .stopped(.cut): text.add("outcome", word: "cut")
        case .stopped(.consoleText(let message)):
            text.add("outcome", word: "consoleText")
            text.add("text", message)
        }
    }
}

extension TextBuffer {
    fileprivate mutating func add(_ content: DeviceRead.Content) {
        switch content {
        case .arguments(let bytes):
            add("content", word: "arguments")
            add("bytes", bytes: bytes)
        case .data(let bytes):
            add("content", word: "data")
            add("bytes", bytes: bytes)
        case .digest(let digest, let count):
            add("content", word: "digest")
            add("count", hexadecimal: count)
            add("digest", digest.description)
        }
    }

    fileprivate mutating func add(_ access: PortAccess) {
        add("port", hexadecimal: UInt64(access.port.rawValue))
        add("size", UInt64(access.size.rawValue))
        add("value", hexadecimal: UInt64(access.value))
    }
}
