import ByteCoding
import X86

extension Outcome {
    /// Writes the case's number, then its values.
    func encode(to writer: inout ByteWriter) {
        switch self {
        case .exited(let code):
            writer.write(UInt8(0))
            writer.write(code)
        case .halted: writer.write(UInt8(1))
        case .tripleFault: writer.write(UInt8(2))
        case .reset: writer.write(UInt8(3))
        case .poweredOff: writer.write(UInt8(4))
        case .emulationFailure(let address, let instruction, let text):
            writer.write(UInt8(5))
            writer.write(address.rawValue)
            let bytes = instruction.prefix(Limits.instructionBytes)
            writer.writeVarint(UInt64(bytes.count))
            writer.write(bytes: bytes)
            writer.write(text: text.prefix(utf8: Limits.textBytes))
        case .hostLimit(let text):
            writer.write(UInt8(6))
            writer.write(text: text.prefix(utf8: Limits.textBytes))
        case .stopped(.interrupted): writer.write(UInt8(7))
        case .stopped(.timeLimit): writer.write(UInt8(8))
        case .stopped(.eventLimit): writer.write(UInt8(9))
        case .stopped(.consoleText(let text)):
            writer.write(UInt8(10))
            writer.write(text: text.prefix(utf8: Limits.textBytes))
        case .stopped(.sizeLimit): writer.write(UInt8(11))
        case .stopped(.cut): writer.write(UInt8(12))
        case .guestFault(let text):
            writer.write(UInt8(13))
            writer.write(text: text.prefix(utf8: Limits.textBytes))
        }
    }

    /// Reads what ``encode(to:)`` wrote.
    init(from cursor: inout ByteCursor) throws(ByteCodingError) {
        let number: UInt8 = try cursor.read()
        switch number {
        case 0: self = .exited(code: try cursor.read())
        case 1: self = .halted
        case 2: self = .tripleFault
        case 3: self = .reset
        case 4: self = .poweredOff
        case 5:
            self = .emulationFailure(
                address: GuestVirtualAddress(try cursor.read(UInt64.self)),
                instruction: try cursor.readBytes(count: cursor.readCount(limit: Limits.instructionBytes)),
                text: try cursor.readString(limit: Limits.textBytes)
            )
        case 6: self = .hostLimit(try cursor.readString(limit: Limits.textBytes))
        case 7: self = .stopped(.interrupted)
        case 8: self = .stopped(.timeLimit)
        case 9: self = .stopped(.eventLimit)
        case 10: self = .stopped(.consoleText(try cursor.readString(limit: Limits.textBytes)))
        case 11: self = .stopped(.sizeLimit)
        case 12: self = .stopped(.cut)
        case 13: self = .guestFault(try cursor.readString(limit: Limits.textBytes))
        default: throw .invalidValue(field: "outcome", value: UInt64(number))
        }
    }
}

extension String {
    /// The longest prefix of at most `limit` bytes of UTF-8 that does not split a character.
    func prefix(utf8 limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var bytes = 0
        return String(
            prefix {
                bytes += $0.utf8.count; return bytes <= limit
            }
        )
    }
}
