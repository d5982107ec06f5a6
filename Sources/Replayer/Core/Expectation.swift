internal import Engine
internal import TraceFormat
internal import X86

/// What a recorded event says that the guest must do next, in the engine's terms. The input that the guest was given is
/// left out.
extension Event {
    /// The exit that the guest must make; nil for events that are not exits.
    var expectedExit: Exit? {
        switch self {
        case .portRead(let access): .portRead(access.port, access.size)
        case .portWrite(let access): .portWrite(access.port, access.size, value: access.value)
        case .memoryRead(let access): .memoryRead(access.address, length: access.length)
        case .memoryWrite(let access): .memoryWrite(access.address, length: access.length, value: access.value)
        case .readMSR(let index, _): .readMSR(index)
        case .writeMSR(let index, let value, _): .writeMSR(index, value: value)
        case .halt: .halt
        case .tripleFault: .tripleFault
        case .hiddenRead(let read): .hiddenRead(read.instruction)
        case .interrupt, .nonMaskableInterrupt, .deviceWrite, .deviceRead, .keyframe, .end: nil
        }
    }
}

extension Exit {
    /// The exit in words, for reports.
    var words: String {
        switch self {
        case .portRead(let port, let size): "read of \(size.byteCount) bytes from port \(port)"
        case .portWrite(let port, let size, let value):
            "write of 0x\(String(value, radix: 16)) (\(size.byteCount) bytes) to port \(port)"
        case .memoryRead(let address, let length): "read of \(length) bytes from \(address), where there is no memory"
        case .memoryWrite(let address, let length, let value):
            "write of 0x\(String(value, radix: 16)) (\(length) bytes) to \(address), where there is no memory"
        case .readMSR(let index): "RDMSR of 0x\(String(index, radix: 16))"
        case .writeMSR(let index, let value):
            "WRMSR of 0x\(String(index, radix: 16)) with 0x\(String(value, radix: 16))"
        case .hiddenRead(let instruction): instruction.name
        case .halt: "HLT"
        case .tripleFault: "triple fault"
        case .interruptWindow: "interrupt window"
        case .kicked: "kick"
        case .debug: "debug stop"
        case .emulationFailure: "an instruction that this host's KVM cannot emulate"
        case .hostLimit(let limit): "\(limit)"
        }
    }
}
