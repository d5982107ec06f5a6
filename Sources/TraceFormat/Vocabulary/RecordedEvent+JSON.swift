import ByteCoding
import X86

extension RecordedEvent {
    /// The event as one line of JSON, without a line end. Numbers that may need 64 bits are hexadecimal strings.
    /// docs/trace-format.md lists the fields of each kind.
    public var json: String {
        var object = JSONObject()
        object.add("event", ordinal.rawValue)
        object.add("time", UInt64(time))
        object.add("kind", event.kind.name)
        event.addFields(to: &object)
        if let instructions { object.add("instructions", instructions) }
        object.add("rip", hexadecimal: rip)
        return object.text
    }
}

extension Event {
    fileprivate func addFields(to object: inout JSONObject) {
        switch self {
        case .portRead(let access):
            object.add(access)
        case .portWrite(let access):
            object.add(access)
            object.add("console", access.isConsole)
        case .memoryRead(let access), .memoryWrite(let access):
            object.add("address", hexadecimal: access.address.rawValue)
            object.add("size", UInt64(access.length))
            object.add("value", hexadecimal: access.value)
        case .readMSR(let index, let value):
            object.add("index", hexadecimal: UInt64(index))
            object.add("value", hexadecimal: value ?? 0)
            object.add("fault", value == nil)
        case .writeMSR(let index, let value, let faults):
            object.add("index", hexadecimal: UInt64(index))
            object.add("value", hexadecimal: value)
            object.add("fault", faults)
        case .halt, .tripleFault, .nonMaskableInterrupt:
            break
        case .interrupt(let vector):
            object.add("vector", UInt64(vector))
        case .deviceWrite(let address, let bytes):
            object.add("address", hexadecimal: address.rawValue)
            object.add("bytes", bytes: bytes)
        case .deviceRead(let read):
            object.add("port", hexadecimal: UInt64(read.port.rawValue))
            object.add("address", hexadecimal: read.address.rawValue)
            object.add(read.content)
            object.add("console", read.isConsole)
        case .hiddenRead(let read):
            object.add("instruction", read.instruction.name)
            object.add("value", hexadecimal: read.value)
            object.add("auxiliary", hexadecimal: UInt64(read.auxiliary))
            object.add("succeeded", read.succeeded)
        case .keyframe(let number, let position):
            object.add("number", UInt64(number))
            object.add("position", position.name)
        case .end(let outcome):
            outcome.addFields(to: &object)
        }
    }
}

extension Outcome {
    fileprivate func addFields(to object: inout JSONObject) {
        switch self {
        case .exited(let code):
            object.add("outcome", "exited")
            object.add("code", UInt64(code))
        case .halted: object.add("outcome", "halted")
        case .tripleFault: object.add("outcome", "tripleFault")
        case .reset: object.add("outcome", "reset")
        case .poweredOff: object.add("outcome", "poweredOff")
        case .emulationFailure(let address, let instruction, let text):
            object.add("outcome", "emulationFailure")
            object.add("address", hexadecimal: address.rawValue)
            object.add("bytes", bytes: instruction)
            object.add("text", text)
        case .guestFault(let text):
            object.add("outcome", "guestFault")
            object.add("text", text)
        case .hostLimit(let text):
            object.add("outcome", "hostLimit")
            object.add("text", text)
        case .stopped(.interrupted): object.add("outcome", "interrupted")
        case .stopped(.timeLimit): object.add("outcome", "timeLimit")
        case .stopped(.eventLimit): object.add("outcome", "eventLimit")
        case .stopped(.sizeLimit): object.add("outcome", "sizeLimit")
        case .stopped(.cut): object.add("outcome", "cut")
        case .stopped(.consoleText(let text)):
            object.add("outcome", "consoleText")
            object.add("text", text)
        }
    }
}

extension JSONObject {
    fileprivate mutating func add(_ content: DeviceRead.Content) {
        switch content {
        case .arguments(let bytes):
            add("content", "arguments")
            add("bytes", bytes: bytes)
        case .data(let bytes):
            add("content", "data")
            add("bytes", bytes: bytes)
        case .digest(let digest, let count):
            add("content", "digest")
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
