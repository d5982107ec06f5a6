internal import CZydis
internal import X86

/// How an instruction forms the address of memory.
struct DataAddress: Hashable {
    /// The segment register, by its number in instructions: ES, CS, SS, DS, FS, GS.
    private let segment: Int
    let base: GeneralRegister?
    let index: GeneralRegister?
    private let scale: UInt64
    private let displacement: UInt64
    private let isRelative: Bool

    init(_ memory: ZydisDecodedOperandMem) {
        segment = Int(memory.segment.rawValue) - Int(ZYDIS_REGISTER_ES.rawValue)
        base = GeneralRegister.part(memory.base)?.0
        index = GeneralRegister.part(memory.index)?.0
        scale = UInt64(memory.scale)
        displacement = UInt64(bitPattern: memory.disp.value)
        isRelative = memory.base == ZYDIS_REGISTER_RIP || memory.base == ZYDIS_REGISTER_EIP
    }

    /// The registers in it.
    var registers: [GeneralRegister] { [base, index].compactMap { $0 } }

    /// The linear address.
    ///
    /// - Parameters:
    ///   - bits: how wide addresses are.
    ///   - next: RIP behind the instruction.
    ///   - offset: what is added to the sum, before it is cut to that width.
    func linear(_ state: ProcessorState, bits: Int, next: UInt64, plus offset: UInt64 = 0) -> GuestVirtualAddress {
        let origin = isRelative ? next : base.map { state[$0] } ?? 0
        let sum = origin &+ (index.map { state[$0] } ?? 0) &* scale &+ displacement &+ offset
        let mask: UInt64 = bits >= 64 ? .max : 1 << UInt64(bits) - 1
        return Self.linear(sum & mask, segment: segment, state)
    }

    /// A linear address of an offset in a segment.
    static func linear(_ offset: UInt64, segment: Int, _ state: ProcessorState) -> GuestVirtualAddress {
        let segments = state.segments
        if state.mode == .long64 {
            let base = segment == 4 ? segments.fs.base : segment == 5 ? segments.gs.base : 0
            return GuestVirtualAddress(base &+ offset)
        }
        let all = [segments.es, segments.cs, segments.ss, segments.ds, segments.fs, segments.gs]
        let base = all.indices.contains(segment) ? all[segment].base : segments.ds.base
        return GuestVirtualAddress((base &+ offset) & 0xFFFF_FFFF)
    }
}
