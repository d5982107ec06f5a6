internal import Engine
internal import TraceFormat
public import X86

/// The value whose origin is looked for.
public struct OriginTarget: Hashable, Sendable {
    /// Its bytes. Those of memory have the linear address that was asked for.
    let places: [OriginPlace: GuestVirtualAddress?]

    /// A register, a part of one, or a flag, by its name; nil if there is none of this name that can be followed.
    public init?(register name: String) {
        guard let bytes = Self.registers[name.lowercased()] else { return nil }
        places = Dictionary(bytes.map { ($0, nil) }) { first, _ in first }
    }

    /// Memory, and the linear address of its first byte if it was named by that.
    public init(_ memory: WatchedMemory, linear: GuestVirtualAddress?) {
        var places: [OriginPlace: GuestVirtualAddress?] = [:]
        var offset: UInt64 = 0
        for piece in memory.pieces {
            for index in 0..<UInt64(piece.count) {
                let place = OriginPlace.memory(GuestPhysicalAddress(piece.address.rawValue &+ index))
                places.updateValue(linear.map { GuestVirtualAddress($0.rawValue &+ offset) }, forKey: place)
                offset += 1
            }
        }
        self.places = places
    }

    /// Whether a name is that of a register of the system, which is not followed.
    public static func isUnfollowed(register name: String) -> Bool {
        registers[name.lowercased()] == nil && ConditionRegister(name) != nil
    }

    private static let registers: [String: [OriginPlace]] = {
        var registers: [String: [OriginPlace]] = [:]
        for general in GeneralRegister.allCases {
            let register = DataRegister.general(general)
            for bytes in [0...7, 0...3, 0...1, 0...0, 1...1] {
                registers[register.name(of: bytes)] = bytes.map { .register(register, $0) }
            }
        }
        for number in 0..<16 {
            registers["xmm\(number)"] = (0..<16).map { .register(.vector(number), $0) }
        }
        let flags = OriginPiece.flagNames
        for (bit, name) in flags { registers[name] = [.flag(bit)] }
        registers["rflags"] = flags.keys.map { .flag($0) }
        registers["eflags"] = registers["rflags"]
        return registers
    }()
}
