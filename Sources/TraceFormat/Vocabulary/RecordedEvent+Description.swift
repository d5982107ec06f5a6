import X86

extension RecordedEvent: CustomStringConvertible {
    /// One line: ordinal, time in seconds, what happened, and where.
    public var description: String {
        let place = rip == 0 ? "" : "  at rip 0x\(String(rip, radix: 16))"
        return "\(ordinal)  \(Self.seconds(time))  \(event)\(place)"
    }

    /// Milliseconds as seconds, with three decimals.
    public static func seconds(_ time: UInt32) -> String {
        let milliseconds = String(time % 1000)
        return "\(time / 1000)." + String(repeating: "0", count: 3 - milliseconds.count) + milliseconds
    }
}

extension Event: CustomStringConvertible {
    /// What happened, in a few words and numbers.
    public var description: String {
        switch self {
        case .portRead(let access): "in   port \(access.port) size \(access.size.byteCount) value \(hex(access.value))"
        case .portWrite(let access):
            "out  port \(access.port) size \(access.size.byteCount) value \(hex(access.value))\(access.isConsole ? " console" : "")"
        case .memoryRead(let access): "load \(access.address) size \(access.length) value \(hex(access.value))"
        case .memoryWrite(let access): "store \(access.address) size \(access.length) value \(hex(access.value))"
        case .readMSR(let index, let value): "rdmsr \(hex(index)) value \(value.map { hex($0) } ?? "#GP")"
        case .writeMSR(let index, let value, let faults):
            "wrmsr \(hex(index)) value \(hex(value))\(faults ? " #GP" : "")"
        case .halt: "hlt"
        case .tripleFault: "triple fault"
        case .interrupt(let vector): "interrupt \(hex(vector))"
        case .nonMaskableInterrupt: "nmi"
        case .deviceWrite(let address, let bytes): "dma  \(address) \(bytes.count) bytes"
        case .deviceRead(let read): "give \(read)"
        case .hiddenRead(let read):
            "\(read.instruction.name) value \(hex(read.value))\(read.succeeded ? "" : " failed")"
        case .keyframe(let number, let position): "keyframe \(number) \(position.name)"
        case .end(let outcome): "end  \(outcome)"
        }
    }

    private func hex(_ value: some FixedWidthInteger & UnsignedInteger) -> String {
        "0x" + String(value, radix: 16)
    }
}
