import ByteCoding
import X86

extension EventRecord {
    /// The event of a record; throws for records that no writer makes.
    ///
    /// - Parameters:
    ///   - payload: the bytes that came with it.
    ///   - isSound: whether it is known that no field is set which the event does not use.
    func event(payload: RawSpan, isSound: Bool = false) throws(ByteCodingError) -> Event {
        guard let kind = Event.Kind(rawValue: kind) else {
            throw .invalidValue(field: "event kind", value: UInt64(self.kind))
        }
        if !isSound { try checkUnusedFields(of: kind) }
        switch kind {
        case .portRead: return .portRead(try portAccess(flags: 0))
        case .portWrite: return .portWrite(try portAccess(flags: Self.consoleFlag))
        case .memoryRead: return .memoryRead(try memoryAccess())
        case .memoryWrite: return .memoryWrite(try memoryAccess())
        case .readMSR:
            guard flags == 0 || value == 0 else { throw .invalidValue(field: "value of a fault", value: value) }
            return .readMSR(index: key, value: flags == 0 ? value : nil)
        case .writeMSR: return .writeMSR(index: key, value: value, faults: flags != 0)
        case .halt: return .halt
        case .tripleFault: return .tripleFault
        case .interrupt: return .interrupt(vector: detail)
        case .nonMaskableInterrupt: return .nonMaskableInterrupt
        case .deviceWrite:
            // SAFETY: the buffer is read only inside the closure, while the span that it views is alive.
            let bytes = unsafe payload.withUnsafeBytes { unsafe [UInt8]($0) }
            return .deviceWrite(address: GuestPhysicalAddress(address), bytes: bytes)
        case .deviceRead: return .deviceRead(try deviceRead(payload: payload))
        case .hiddenRead:
            guard let instruction = HiddenRead.Instruction(rawValue: detail) else {
                throw .invalidValue(field: "instruction", value: UInt64(detail))
            }
            let read = HiddenRead(
                instruction: instruction,
                value: value,
                auxiliary: auxiliary,
                succeeded: flags != 0
            )
            return .hiddenRead(read)
        case .keyframe:
            guard let number = UInt32(exactly: value) else {
                throw .invalidValue(field: "keyframe number", value: value)
            }
            guard let position = KeyframePosition(rawValue: detail) else {
                throw .invalidValue(field: "keyframe position", value: UInt64(detail))
            }
            return .keyframe(number: number, position)
        case .end: return .end(try EndRecord(decoding: payload).outcome)
        }
    }

    private func portAccess(flags allowed: UInt8) throws(ByteCodingError) -> PortAccess {
        guard let size = AccessSize(rawValue: detail), size != .quadword else {
            throw .invalidValue(field: "port access size", value: UInt64(detail))
        }
        guard value <= size.mask else { throw .invalidValue(field: "port data", value: value) }
        guard let port = UInt16(exactly: key) else { throw .invalidValue(field: "port", value: UInt64(key)) }
        guard flags & ~allowed == 0 else { throw .invalidValue(field: "flags", value: UInt64(flags)) }
        return PortAccess(port: Port(port), size: size, value: UInt32(value), isConsole: flags != 0)
    }

    private func memoryAccess() throws(ByteCodingError) -> MemoryAccess {
        guard (1...8).contains(detail) else {
            throw .invalidValue(field: "memory access length", value: UInt64(detail))
        }
        guard value <= UInt64.max >> (64 - 8 * UInt64(detail)) else {
            throw .invalidValue(field: "memory data", value: value)
        }
        return MemoryAccess(address: GuestPhysicalAddress(address), length: detail, value: value)
    }

    /// Fields that an event does not use must be zero, so that an event has only one encoding.
    private func checkUnusedFields(of kind: Event.Kind) throws(ByteCodingError) {
        let used = kind.usedFields
        guard kind.isExit || rip == 0 else {
            throw .invalidValue(field: "RIP of an event that is not an exit", value: rip)
        }
        guard used.contains(.value) || value == 0 else { throw .invalidValue(field: "unused value", value: value) }
        guard used.contains(.address) || address == 0 else {
            throw .invalidValue(field: "unused address", value: address)
        }
        guard used.contains(.auxiliary) || auxiliary == 0 else {
            throw .invalidValue(field: "unused auxiliary value", value: UInt64(auxiliary))
        }
        guard used.contains(.key) || key == 0 else { throw .invalidValue(field: "unused key", value: UInt64(key)) }
        guard used.contains(.detail) || detail == 0 else {
            throw .invalidValue(field: "unused detail", value: UInt64(detail))
        }
        guard flags <= (used.contains(.flags) ? 1 : 0) else {
            throw .invalidValue(field: "flags", value: UInt64(flags))
        }
    }
}

extension Event.Kind {
    /// The fields of an ``EventRecord`` that an event uses besides time and RIP.
    struct Fields: OptionSet {
        var rawValue: UInt8

        static let value = Self(rawValue: 1)
        static let address = Self(rawValue: 2)
        static let auxiliary = Self(rawValue: 4)
        static let key = Self(rawValue: 8)
        static let detail = Self(rawValue: 16)
        static let flags = Self(rawValue: 32)
    }

    /// The fields that events of this kind use.
    var usedFields: Fields {
        switch self {
        case .portRead: [.key, .detail, .value]
        case .portWrite: [.key, .detail, .value, .flags]
        case .memoryRead, .memoryWrite: [.address, .detail, .value]
        case .readMSR, .writeMSR: [.key, .value, .flags]
        case .halt, .tripleFault, .nonMaskableInterrupt: []
        case .interrupt: [.detail]
        case .deviceWrite: [.address, .value]
        case .deviceRead: [.key, .address, .detail, .value, .flags]
        case .hiddenRead: [.detail, .value, .auxiliary, .flags]
        case .keyframe: [.detail, .value]
        case .end: [.value]
        }
    }
}
