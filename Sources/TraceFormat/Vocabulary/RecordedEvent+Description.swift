import X86

extension RecordedEvent: CustomStringConvertible {
    /// One line: ordinal, time in seconds, what happened, and where.
    public var description: String {
        var text = TextBuffer(capacity: 128, makesPrintable: false)
        append(to: &text)
        return text.string
    }

    /// Appends that line, without a line end.
    public func append(to text: inout TextBuffer) {
        text.append(decimal: ordinal.rawValue)
        text.append(words: "  ")
        text.append(seconds: time)
        text.append(words: "  ")
        event.append(to: &text)
        guard rip != 0 else { return }
        text.append(words: "  at rip ")
        text.append(hexadecimal: rip)
    }

    /// Milliseconds as seconds, with three decimals.
    public static func seconds(_ time: UInt32) -> String {
        var text = TextBuffer(capacity: 16, makesPrintable: false)
        text.append(seconds: time)
        return text.string
    }
}

extension Event: CustomStringConvertible {
    /// What happened, in a few words and numbers.
    public var description: String {
        var text = TextBuffer(capacity: 64, makesPrintable: false)
        append(to: &text)
        return text.string
    }

    /// Appends what happened.
    fileprivate func append(to text: inout TextBuffer) {
        switch self {
        case .portRead(let access): text.append(access, "in   port ")
        case .portWrite(let access):
            text.append(access, "out  port ")
            if access.isConsole { text.append(words: " console") }
        case .memoryRead(let access): text.append(access, "load ")
        case .memoryWrite(let access): text.append(access, "store ")
        case .readMSR(let index, let value): text.append(modelSpecific: index, "rdmsr ", value, faults: value == nil)
        case .writeMSR(let index, let value, let faults):
            text.append(modelSpecific: index, "wrmsr ", value, faults: faults)
        case .halt: text.append(words: "hlt")
        case .tripleFault: text.append(words: "triple fault")
        case .interrupt(let vector):
            text.append(words: "interrupt ")
            text.append(hexadecimal: UInt64(vector))
        case .nonMaskableInterrupt: text.append(words: "nmi")
        case .deviceWrite(let address, let bytes):
            text.append(words: "dma  ")
            text.append(hexadecimal: address.rawValue)
            text.append(words: " ")
            text.append(decimal: UInt64(bytes.count))
            text.append(words: " bytes")
        case .deviceRead(let read):
            text.append(words: "give ")
            text.append("\(read)")
        case .hiddenRead(let read):
            text.append(read.instruction.name)
            text.append(words: " value ")
            text.append(hexadecimal: read.value)
            if !read.succeeded { text.append(words: " failed") }
        case .keyframe(let number, let position):
            text.append(words: "keyframe ")
            text.append(decimal: UInt64(number))
            text.append(words: " ")
            text.append(position.name)
        case .end(let outcome):
            text.append(words: "end  ")
            text.append("\(outcome)")
        }
    }
}

extension TextBuffer {
    fileprivate mutating func append(seconds time: UInt32) {
        append(decimal: UInt64(time / 1000))
        append(words: ".")
        append(decimal: UInt64(time % 1000), digits: 3)
    }

    @inline(__always)
    fileprivate mutating func append(_ access: PortAccess, _ verb: StaticString) {
        append(words: verb)
        append(hexadecimal: UInt64(access.port.rawValue))
        append(words: " size ")
        append(decimal: UInt64(access.size.rawValue))
        append(words: " value ")
        append(hexadecimal: UInt64(access.value))
    }

    @inline(__always)
    fileprivate mutating func append(_ access: MemoryAccess, _ verb: StaticString) {
        append(words: verb)
        append(hexadecimal: access.address.rawValue)
        append(words: " size ")
        append(decimal: UInt64(access.length))
        append(words: " value ")
        append(hexadecimal: access.value)
    }

    /// An access to a model-specific register, with the value if there is one, and whether it caused a fault.
    @inline(__always)
    fileprivate mutating func append(modelSpecific index: UInt32, _ verb: StaticString, _ value: UInt64?, faults: Bool)
    {
        append(words: verb)
        append(hexadecimal: UInt64(index))
        append(words: " value")
        if let value {
            append(words: " ")
            append(hexadecimal: value)
        }
        if faults { append(words: " #GP") }
    }
}
