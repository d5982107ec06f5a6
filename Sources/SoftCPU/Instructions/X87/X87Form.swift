internal import CZydis

/// Where the source of an x87 instruction is: a register, or memory in one of these forms.
enum X87Source: UInt8 {
    case register, single, double, int16, int32, int64
}

/// What an operation of x87 knows of its instruction, in ``OperationRecord/immediate``.
struct X87Form {
    var rawValue: Int64

    /// - Parameter opcode: the 11 bits that the processor remembers.
    /// - Parameter segment: that of the memory operand, if there is one.
    init(opcode: Int, pops: Int, source: X87Source, segment: Int?) {
        rawValue = Int64(opcode | pops << 11 | Int(source.rawValue) << 13 | (segment.map { $0 + 1 } ?? 0) << 16)
    }

    @inline(__always)
    init(_ operation: Operation) { rawValue = operation.immediate }

    var opcode: UInt16 { @inline(__always) get { UInt16(truncatingIfNeeded: rawValue) & 0x7FF } }
    /// How many registers are popped.
    var pops: Int { @inline(__always) get { Int(rawValue >> 11 & 3) } }
    var source: X87Source {
        @inline(__always) get { X87Source(rawValue: UInt8(truncatingIfNeeded: rawValue >> 13 & 7)) ?? .register }
    }
    /// The memory operand's segment, or -1.
    var segment: Int { @inline(__always) get { Int(rawValue >> 16 & 15) - 1 } }
}

extension BlockBuilder {
    /// Writes the operation that asks whether the unit may be used, which comes before everything else.
    mutating func beginX87(waits: Bool = true) { emit(waits ? requireAndWait : require) }

    /// Bytes 2 to 0 of the opcode and the byte behind it.
    private var x87Opcode: Int {
        let modrm = unsafe instruction.raw.modrm
        return unsafe Int(instruction.opcode & 7) << 8 | Int(modrm.mod) << 6 | Int(modrm.reg) << 3 | Int(modrm.rm)
    }

    /// The register that the instruction names.
    var x87Register: UInt8 { unsafe instruction.raw.modrm.rm }

    /// The instruction's form.
    func x87Form(pops: Int = 0, source: X87Source = .register) -> Int64 {
        let segment = isMemory(0) ? RegisterOffset.segmentNumber(operand(0).mem.segment) : nil
        return X87Form(opcode: x87Opcode, pops: pops, source: source, segment: segment).rawValue
    }

    /// Writes an instruction whose memory operand, if it has one, is loaded before its own operation.
    ///
    /// - Parameter isInteger: what it means in memory.
    mutating func emitX87(
        _ handler: Handler,
        destination: UInt8 = 0,
        source: UInt8 = 0,
        isInteger: Bool = false,
        pops: Int = 0
    ) {
        beginX87()
        guard isMemory(0) else {
            emit(handler, destination: destination, source: source, immediate: x87Form(pops: pops))
            return
        }
        let bytes = bytes(0)
        let kind: X87Source =
            switch bytes {
            case 2: .int16
            case 4: isInteger ? .int32 : .single
            default: isInteger ? .int64 : .double
            }
        emit(loads[bytes.trailingZeroBitCount - 1], memory: 0, bytes: bytes, access: Access.read)
        emit(handler, destination: destination, immediate: x87Form(pops: pops, source: kind))
    }

    /// Writes an instruction that accesses its memory operand itself.
    mutating func emitX87(_ handler: Handler, bytes: Int, access: UInt8, pops: Int = 0, waits: Bool = true) {
        beginX87(waits: waits)
        emit(handler, memory: 0, bytes: bytes, access: access, immediate: x87Form(pops: pops))
    }
}

private let require: Handler = { attempt($0, $1) { cpu, _ throws(Fault) in try cpu.requireX87WithoutWaiting() } }
private let requireAndWait: Handler = { attempt($0, $1) { cpu, _ throws(Fault) in try cpu.requireX87() } }

/// Loads of memory operands, by size: 2, 4, 8 bytes.
private let loads: [Handler] = [
    { loadSource($0, $1, UInt16.self) }, { loadSource($0, $1, UInt32.self) }, { loadSource($0, $1, UInt64.self) },
]

@inline(__always)
private func loadSource<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsRead(address, T.self) else { return miss(cpu, operation) }
    cpu.state.temporary = UInt64(truncatingIfNeeded: entry.load(address, T.self))
    cpu.state.linear = address
    next(cpu, operation)
}
