internal import CZydis

/// FNSTENV, FLDENV, FNSAVE and FRSTOR, in the formats of 16 and 32 bits (Intel SDM vol. 1, 8.1.10).
enum X87Environment: InstructionFamily {
    typealias Short = InlineArray<7, UInt16>
    typealias Long = InlineArray<14, UInt16>
    typealias ShortWithRegisters = InlineArray<47, UInt16>
    typealias LongWithRegisters = InlineArray<54, UInt16>

    static func register(in table: inout InstructionTable) {
        table[ZYDIS_MNEMONIC_FNSTENV] = { emit(&$0, storeShort, storeLong, Access.write) }
        table[ZYDIS_MNEMONIC_FLDENV] = { emit(&$0, loadShort, loadLong, Access.read) }
        table[ZYDIS_MNEMONIC_FNSAVE] = {
            emit(&$0, storeShortWithRegisters, storeLongWithRegisters, Access.write, registers: 80)
        }
        table[ZYDIS_MNEMONIC_FRSTOR] = {
            emit(&$0, loadShortWithRegisters, loadLongWithRegisters, Access.read, registers: 80)
        }
    }

    private static func emit(
        _ builder: inout BlockBuilder,
        _ short: Handler,
        _ long: Handler,
        _ access: UInt8,
        registers: Int = 0
    ) {
        let isShort = builder.operandBytes == 2
        builder.emitX87(
            isShort ? short : long,
            bytes: (isShort ? 14 : 28) + registers,
            access: access,
            waits: access == Access.read
        )
    }
}

private let storeShort: Handler = { store($0, $1, X87Environment.Short(repeating: 0)) }
private let storeLong: Handler = { store($0, $1, X87Environment.Long(repeating: 0)) }
private let storeShortWithRegisters: Handler = { store($0, $1, X87Environment.ShortWithRegisters(repeating: 0)) }
private let storeLongWithRegisters: Handler = { store($0, $1, X87Environment.LongWithRegisters(repeating: 0)) }
private let loadShort: Handler = { load($0, $1, X87Environment.Short.self) }
private let loadLong: Handler = { load($0, $1, X87Environment.Long.self) }
private let loadShortWithRegisters: Handler = { load($0, $1, X87Environment.ShortWithRegisters.self) }
private let loadLongWithRegisters: Handler = { load($0, $1, X87Environment.LongWithRegisters.self) }

@inline(__always)
private func store<let count: Int>(_ state: UInt, _ operation: UInt, _ blank: InlineArray<count, UInt16>) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsWrite(address, InlineArray<count, UInt16>.self) else { return miss(cpu, operation) }
    var image = blank
    let environment = cpu.x87EnvironmentWords(isLong: count == 14 || count == 54)
    let start = count == 14 || count == 54 ? 14 : 7
    for index in 0..<start { image[index] = environment[index] }
    if count > start {
        for register in 0..<8 {
            let number = cpu.state.vector[st: register]
            for word in 0..<4 {
                image[start + 5 * register + word] =
                    UInt16(truncatingIfNeeded: number.significand >> UInt64(16 * word))
            }
            image[start + 5 * register + 4] = number.signAndExponent
        }
    }
    entry.store(image, address)
    if count > start {
        cpu.state.vector.initializeX87()
    } else {
        let control = cpu.state.vector.controlWord | FloatFlags.exceptions.rawValue
        cpu.state.vector.setControl(control, status: cpu.state.vector.statusWord)
        cpu.settleX87Pointers()
    }
    next(cpu, operation)
}

@inline(__always)
private func load<let count: Int>(_ state: UInt, _ operation: UInt, _: InlineArray<count, UInt16>.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsRead(address, InlineArray<count, UInt16>.self) else { return miss(cpu, operation) }
    let image: InlineArray<count, UInt16> = entry.load(address)
    let isLong = count == 14 || count == 54
    let start = isLong ? 14 : 7
    var environment = X87Environment.Long(repeating: 0)
    for index in 0..<start { environment[index] = image[index] }
    let tags = cpu.loadX87Environment(environment, isLong: isLong)
    if count > start {
        for register in 0..<8 {
            let first = start + 5 * register
            var significand: UInt64 = 0
            for word in 0..<4 { significand |= UInt64(image[first + word]) << UInt64(16 * word) }
            cpu.state.vector[st: register] =
                SoftExtended(significand: significand, signAndExponent: image[first + 4])
        }
    }
    cpu.state.vector.tags = tags
    cpu.settleX87Pointers()
    next(cpu, operation)
}

extension CPU {
    /// Whether pointers are offsets with selectors; else they are linear addresses of 20 or 32 bits.
    private var hasProtectedFormat: Bool { !state.mode.contains(.realStyle) }

    /// The environment in words of 16 bits; the short one has half as many.
    fileprivate func x87EnvironmentWords(isLong: Bool) -> X87Environment.Long {
        let vector = state.vector
        let opcode = UInt64(vector.lastOpcode)
        var fields = InlineArray<7, UInt64>(repeating: 0)
        fields[0] = UInt64(vector.controlWord)
        fields[1] = UInt64(vector.statusWord)
        fields[2] = UInt64(vector.tagWord)
        fields[3] = vector.lastIP
        fields[5] = vector.lastData
        if hasProtectedFormat {
            fields[4] = isLong ? opcode << 16 : 0
        } else {
            let shift: UInt64 = isLong ? 0xFFFF_0000 : 0xF_0000
            fields[4] = (vector.lastIP & shift) >> 4 | opcode
            fields[6] = (vector.lastData & shift) >> 4
            fields[3] &= 0xFFFF
            fields[5] &= 0xFFFF
        }
        // Where a field has 16 bits alone, the others are ones: a bit for each such field.
        let narrow: UInt8 = hasProtectedFormat ? 0b100_0111 : 0b010_1111
        var words = X87Environment.Long(repeating: 0)
        for index in 0..<7 {
            if isLong {
                words[2 * index] = UInt16(truncatingIfNeeded: fields[index])
                words[2 * index + 1] =
                    narrow >> UInt8(index) & 1 != 0 ? 0xFFFF : UInt16(truncatingIfNeeded: fields[index] >> 16)
            } else {
                words[index] = UInt16(truncatingIfNeeded: fields[index])
            }
        }
        return words
    }

    /// Takes over an environment but for the tags, of which it gives the abridged form.
    fileprivate func loadX87Environment(_ words: X87Environment.Long, isLong: Bool) -> UInt8 {
        func field(_ index: Int) -> UInt64 {
            isLong ? UInt64(words[2 * index]) | UInt64(words[2 * index + 1]) << 16 : UInt64(words[index])
        }
        state.vector.setControl(UInt16(truncatingIfNeeded: field(0)), status: UInt16(truncatingIfNeeded: field(1)))
        if hasProtectedFormat {
            state.vector.lastIP = field(3)
            state.vector.lastOpcode = isLong ? UInt16(truncatingIfNeeded: field(4) >> 16) & 0x7FF : 0
            state.vector.lastData = field(5)
        } else {
            state.vector.lastIP = field(3) & 0xFFFF | (field(4) << 4 & (isLong ? 0xFFFF_0000 : 0xF_0000))
            state.vector.lastOpcode = UInt16(truncatingIfNeeded: field(4)) & 0x7FF
            state.vector.lastData = field(5) & 0xFFFF | (field(6) << 4 & (isLong ? 0xFFFF_0000 : 0xF_0000))
        }
        var tags: UInt8 = 0
        for number in 0..<8 where field(2) >> UInt64(2 * number) & 3 != 3 { tags |= 1 << UInt8(number) }
        return tags
    }
}
