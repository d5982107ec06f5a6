public import Engine
internal import TraceFormat
public import X86

/// Bytes that belong together: a part of a register, some flags, or a stretch of memory.
public struct OriginPiece: Hashable, Sendable {
    /// Where they are.
    public enum Location: Hashable, Sendable {
        /// Bytes of a register, counted from the lowest.
        case register(DataRegister, ClosedRange<Int>)
        /// Bits of RFLAGS.
        case flags([Int])
        /// Bytes of physical memory, and the linear address at which the guest used them, if it did.
        case memory(GuestPhysicalAddress, count: Int, linear: GuestVirtualAddress?)
    }

    /// Where they are.
    public var location: Location
    /// What is in them, the lowest byte first, or one byte for each flag; nil where that is not shown.
    public var value: [UInt8]?

    /// Its name for people: `eax`, `cf`, `4 bytes at 0x9000 <total>`.
    public func name(_ symbols: SymbolTable) -> String {
        switch location {
        case .register(let register, let bytes): return register.name(of: bytes)
        case .flags(let bits): return bits.map { Self.flagNames[$0] ?? "flag \($0)" }.joined(separator: ", ")
        case .memory(let address, let count, let linear):
            let bytes = count == 1 ? "1 byte" : "\(count) bytes"
            guard let linear else { return "\(bytes) at physical \(address)" }
            return "\(bytes) at \(linear)" + (symbols.name(of: linear).map { " <\($0)>" } ?? "")
        }
    }

    /// The flags that are data, by their bits.
    static let flagNames = [0: "cf", 2: "pf", 4: "af", 6: "zf", 7: "sf", 8: "tf", 9: "if", 10: "df", 11: "of"]
}

extension [OriginPlace: OriginSearchValue] {
    /// Bytes that lie side by side as pieces.
    var pieces: [OriginPiece] {
        var pieces: [OriginPiece] = []
        for (place, known) in sorted(by: { $0.key < $1.key }) {
            if pieces.last?.extend(by: place, known) == true {
                pieces[pieces.count - 1].append(place, known)
            } else {
                pieces.append(OriginPiece(place, known))
            }
        }
        return pieces
    }
}

/// What is known of a byte.
struct OriginSearchValue: Hashable {
    var value: UInt8?
    /// The linear address at which the guest uses it.
    var linear: GuestVirtualAddress?
}

extension OriginPiece {
    fileprivate init(_ place: OriginPlace, _ known: OriginSearchValue) {
        switch place {
        case .register(let register, let number): location = .register(register, number...number)
        case .flag(let bit): location = .flags([bit])
        case .memory(let address): location = .memory(address, count: 1, linear: known.linear)
        }
        value = known.value.map { [$0] }
    }

    /// Whether a byte comes right behind the last one.
    fileprivate func extend(by place: OriginPlace, _ known: OriginSearchValue) -> Bool {
        guard (known.value == nil) == (value == nil) else { return false }
        switch (location, place) {
        case (.register(let register, let bytes), .register(let other, let number)):
            return register == other && number == bytes.upperBound + 1
        case (.flags, .flag): return true
        case (.memory(let address, let count, let linear), .memory(let other)):
            let isNext = other.rawValue == address.rawValue &+ UInt64(count)
            return isNext && known.linear?.rawValue == linear.map { $0.rawValue &+ UInt64(count) }
        default: return false
        }
    }

    fileprivate mutating func append(_ place: OriginPlace, _ known: OriginSearchValue) {
        switch (location, place) {
        case (.register(let register, let bytes), .register(_, let number)):
            location = .register(register, bytes.lowerBound...number)
        case (.flags(let bits), .flag(let bit)): location = .flags(bits + [bit])
        case (.memory(let address, let count, let linear), .memory):
            location = .memory(address, count: count + 1, linear: linear)
        default: break
        }
        if let byte = known.value { value?.append(byte) }
    }
}
