public import GuestMemory
public import X86

extension GuestMemory {
    /// Where the guest's interrupt table sends a vector; nil if the table has no gate for it, or a task gate.
    public func interruptHandler(_ vector: UInt8, in state: ProcessorState) -> CodePlace? {
        let isReal = state.mode == .real
        let isLong = state.isLongModeActive
        // Intel SDM vol. 3, 21.1.4 (real mode), 6.11 and 6.14.1.
        let size = isReal ? 4 : isLong ? 16 : 8
        let place = Int(vector) * size
        guard place + size - 1 <= Int(state.idt.limit) else { return nil }
        let gate = read(GuestVirtualAddress(state.idt.base &+ UInt64(place)), count: size, in: state)
        guard gate.count == size else { return nil }
        let selector = gate[2..<4].littleEndian
        if isReal {
            let offset = gate[0..<2].littleEndian
            return CodePlace(offset: offset, address: GuestVirtualAddress(selector << 4 &+ offset))
        }
        let type = gate[5] & 0x0F
        guard gate[5] & 0x80 != 0, Self.gateTypes.contains(type) else { return nil }
        var offset = gate[0..<2].littleEndian
        if type & 8 != 0 { offset |= gate[6..<8].littleEndian << 16 }
        if isLong {
            offset |= gate[8..<12].littleEndian << 32
            return CodePlace(offset: offset, address: GuestVirtualAddress(offset))
        }
        guard let base = segmentBase(selector, in: state) else { return nil }
        return CodePlace(offset: offset, address: GuestVirtualAddress(base &+ offset))
    }

    /// 16- and 32-bit interrupt and trap gates.
    private static var gateTypes: Set<UInt8> { [6, 7, 14, 15] }

    /// The base in a descriptor of the global table.
    private func segmentBase(_ selector: UInt64, in state: ProcessorState) -> UInt64? {
        let address = GuestVirtualAddress(state.gdt.base &+ (selector & ~7))
        let descriptor = read(address, count: 8, in: state)
        guard descriptor.count == 8, selector & 4 == 0 else { return nil }
        return descriptor[2..<5].littleEndian | UInt64(descriptor[7]) << 24
    }
}

extension ArraySlice<UInt8> {
    /// The number that up to 8 bytes encode, lowest first.
    fileprivate var littleEndian: UInt64 { reversed().reduce(0) { $0 << 8 | UInt64($1) } }
}
