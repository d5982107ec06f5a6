internal import CZydis

/// MOVS, CMPS, STOS, LODS, SCAS, INS, OUTS, with and without a repeat prefix.
enum Strings: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        enter(
            &table,
            [ZYDIS_MNEMONIC_MOVSB, ZYDIS_MNEMONIC_MOVSW, ZYDIS_MNEMONIC_MOVSD, ZYDIS_MNEMONIC_MOVSQ],
            moveString
        )
        enter(
            &table,
            [ZYDIS_MNEMONIC_CMPSB, ZYDIS_MNEMONIC_CMPSW, ZYDIS_MNEMONIC_CMPSD, ZYDIS_MNEMONIC_CMPSQ],
            compareString
        )
        enter(
            &table,
            [ZYDIS_MNEMONIC_STOSB, ZYDIS_MNEMONIC_STOSW, ZYDIS_MNEMONIC_STOSD, ZYDIS_MNEMONIC_STOSQ],
            storeString
        )
        enter(
            &table,
            [ZYDIS_MNEMONIC_LODSB, ZYDIS_MNEMONIC_LODSW, ZYDIS_MNEMONIC_LODSD, ZYDIS_MNEMONIC_LODSQ],
            loadString
        )
        enter(
            &table,
            [ZYDIS_MNEMONIC_SCASB, ZYDIS_MNEMONIC_SCASW, ZYDIS_MNEMONIC_SCASD, ZYDIS_MNEMONIC_SCASQ],
            scanString
        )
        enter(&table, [ZYDIS_MNEMONIC_INSB, ZYDIS_MNEMONIC_INSW, ZYDIS_MNEMONIC_INSD], inputString)
        enter(&table, [ZYDIS_MNEMONIC_OUTSB, ZYDIS_MNEMONIC_OUTSW, ZYDIS_MNEMONIC_OUTSD], outputString)
    }

    private static func enter(
        _ table: inout InstructionTable,
        _ mnemonics: [ZydisMnemonic],
        _ handler: @escaping Handler
    ) {
        for (size, mnemonic) in mnemonics.enumerated() {
            table[mnemonic] = { emit(&$0, handler, bytes: 1 << size) }
        }
    }

    /// A repeated one is a block of its own end: it may be left after each turn.
    private static func emit(_ builder: inout BlockBuilder, _ handler: Handler, bytes: Int) {
        // MOVSD and CMPSD of SSE have the same mnemonics.
        guard
            unsafe builder.instruction.meta.category == ZYDIS_CATEGORY_STRINGOP
                || builder.instruction.meta.category == ZYDIS_CATEGORY_IOSTRINGOP
        else {
            builder.emit(invalidOpcodeHandler)
            builder.finish()
            return
        }
        let equal = builder.hasAttribute(28) || builder.hasAttribute(29)
        let unequal = builder.hasAttribute(30)
        let repeats: Int64 = equal ? 1 : unequal ? 2 : 0
        builder.emit(
            handler,
            destination: UInt8(builder.segmentOverride ?? SegmentNumber.ds),
            source: UInt8(bytes),
            immediate: unsafe Int64(builder.instruction.address_width),
            extra: repeats
        )
        if repeats != 0 || bytes == 0 { builder.finish() }
    }
}

/// One string instruction under way.
struct StringTurn {
    let cpu: CPU
    /// Bytes of an element.
    let bytes: Int
    /// Bits of an address and of the counter.
    let bits: Int
    /// The segment that is read from.
    let segment: Int
    /// It has a repeat prefix.
    let isRepeated: Bool

    init(_ cpu: CPU, _ operation: Operation) {
        self.cpu = cpu
        bytes = Int(operation.source)
        bits = Int(operation.immediate)
        segment = Int(operation.destination)
        isRepeated = operation.extra != 0
    }

    var mask: UInt64 { bits == 64 ? ~0 : bits == 32 ? 0xFFFF_FFFF : 0xFFFF }
    /// What is added to an index behind each element.
    var step: UInt64 {
        cpu.state.otherFlags & Flag.direction != 0 ? 0 &- UInt64(bytes) : UInt64(bytes)
    }
    var counter: UInt64 { cpu.state.general[1] & mask }
    var source: UInt64 { cpu.state.general[6] & mask }
    var destination: UInt64 { cpu.state.general[7] & mask }

    func readSource() throws(Fault) -> UInt64 {
        let address = try cpu.segmentAddress(segment, source, size: bytes, write: false)
        return try cpu.readQuick(address, size: bytes, stack: segment == SegmentNumber.ss)
    }

    func readDestination() throws(Fault) -> UInt64 {
        try cpu.readQuick(destinationAddress(write: false), size: bytes)
    }

    func writeDestination(_ value: UInt64) throws(Fault) {
        try cpu.writeQuick(destinationAddress(write: true), size: bytes, value)
    }

    func probeDestination() throws(Fault) {
        try cpu.probeWrite(destinationAddress(write: true), size: bytes)
    }

    private func destinationAddress(write: Bool) throws(Fault) -> UInt64 {
        try cpu.segmentAddress(SegmentNumber.es, destination, size: bytes, write: write)
    }

    func advanceSource() { cpu.setIndex(6, (source &+ step) & mask, bits: bits) }
    func advanceDestination() { cpu.setIndex(7, (destination &+ step) & mask, bits: bits) }
    func countDown() { cpu.setIndex(1, (counter &- 1) & mask, bits: bits) }
}

extension CPU {
    /// Reads by a translation that is known, else by the slow path.
    @inline(__always)
    func readQuick(_ linear: UInt64, size: Int, stack: Bool = false) throws(Fault) -> UInt64 {
        let entry = translation(of: linear)
        switch size {
        case 1 where entry.allowsRead(linear, UInt8.self): return UInt64(entry.load(linear, UInt8.self))
        case 2 where entry.allowsRead(linear, UInt16.self): return UInt64(entry.load(linear, UInt16.self))
        case 4 where entry.allowsRead(linear, UInt32.self): return UInt64(entry.load(linear, UInt32.self))
        case 8 where entry.allowsRead(linear, UInt64.self): return entry.load(linear, UInt64.self)
        default: break
        }
        let value = try read(linear, size: size, stack: stack)
        if state.answerCount == 0 { _ = try fill(linear, size: size, write: false) }
        return value
    }

    /// Writes by a translation that is known, else by the slow path.
    @inline(__always)
    func writeQuick(_ linear: UInt64, size: Int, _ value: UInt64, stack: Bool = false) throws(Fault) {
        let entry = translation(of: linear)
        switch size {
        case 1 where entry.allowsWrite(linear, UInt8.self): entry.store(UInt8(truncatingIfNeeded: value), linear)
        case 2 where entry.allowsWrite(linear, UInt16.self): entry.store(UInt16(truncatingIfNeeded: value), linear)
        case 4 where entry.allowsWrite(linear, UInt32.self): entry.store(UInt32(truncatingIfNeeded: value), linear)
        case 8 where entry.allowsWrite(linear, UInt64.self): entry.store(value, linear)
        default:
            try write(linear, size: size, value, stack: stack)
            if state.answerCount == 0 { _ = try fill(linear, size: size, write: true) }
        }
    }
}
