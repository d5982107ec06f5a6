internal import X86

/// The x87 part of a processor's state, as FXSAVE lays it out (Intel SDM vol. 1, table 10-2).
struct X87Image {
    private var bytes: [UInt8]

    private static let stack = 24
    private static let initialControl: UInt8 = 0x7F
    private static let byteCount = stack + 8 * 16

    /// The image of a state; that of FNINIT if the component is in its initial configuration.
    init(_ state: ProcessorState.ExtendedState) {
        if let component = state.components[0], component.count == Self.byteCount {
            bytes = component
        } else {
            bytes = [UInt8](repeating: 0, count: Self.byteCount)
            (bytes[0], bytes[1]) = (Self.initialControl, 3)
        }
    }

    /// The number in up to eight bytes.
    func number(at offset: Int, _ count: Int) -> UInt64 {
        bytes[offset..<offset + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The ten bytes of a stack register.
    func register(_ index: Int) -> [UInt8] { Array(bytes[Self.stack + 16 * index..<Self.stack + 16 * index + 10]) }

    mutating func setRegister(_ index: Int, _ value: [UInt8]) {
        for (offset, byte) in value.prefix(10).enumerated() { bytes[Self.stack + 16 * index + offset] = byte }
    }

    func store(in state: inout ProcessorState.ExtendedState) { state.components[0] = bytes }

    /// The tag word of FNSAVE, with two bits for each register. FXSAVE keeps one: whether it is in use.
    var tagWord: UInt64 {
        let top = Int(bytes[3] >> 3 & 7)
        var word: UInt64 = 0
        for physical in 0..<8 {
            let isInUse = bytes[4] >> UInt8(physical) & 1 != 0
            let tag = isInUse ? tag(of: register((physical - top) & 7)) : 3
            word |= tag << UInt64(2 * physical)
        }
        return word
    }

    /// 0 for a normal number, 1 for zero, 2 for any other.
    private func tag(of value: [UInt8]) -> UInt64 {
        let exponent = UInt64(value[9] & 0x7F) << 8 | UInt64(value[8])
        let significand = value[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        if exponent == 0, significand == 0 { return 1 }
        return exponent != 0 && exponent != 0x7FFF && significand >> 63 == 1 ? 0 : 2
    }
}
