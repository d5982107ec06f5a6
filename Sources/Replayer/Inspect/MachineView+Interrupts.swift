internal import TraceFormat
internal import X86

/// Where an interrupt handler begins.
struct InterruptHandler: Hashable, Sendable {
    /// RIP of its first instruction.
    var offset: UInt64
    /// Linear address of its first instruction.
    var address: GuestVirtualAddress
}

extension MachineView {
    /// Where the guest's interrupt table sends a vector; nil where the table has no gate for it, or a task gate.
    mutating func interruptHandler(_ vector: UInt8) throws(TraceError) -> InterruptHandler? {
        let state = state
        let isReal = state.mode == .real
        let isLong = state.isLongModeActive
        // Intel SDM vol. 3, 21.1.4 (real mode), 6.11 and 6.14.1.
        let size = isReal ? 4 : isLong ? 16 : 8
        let place = Int(vector) * size
        guard place + size - 1 <= Int(state.idt.limit) else { return nil }
        let gate = try read(GuestVirtualAddress(state.idt.base &+ UInt64(place)), count: size)
        guard gate.count == size else { return nil }
        let selector = Array(gate[2..<4]).littleEndian
        if isReal {
            let offset = Array(gate[0..<2]).littleEndian
            return InterruptHandler(offset: offset, address: GuestVirtualAddress(selector << 4 &+ offset))
        }
        let type = gate[5] & 0x0F
        guard gate[5] & 0x80 != 0, Self.gateTypes.contains(type) else { return nil }
        var offset = Array(gate[0..<2]).littleEndian
        if type & 8 != 0 { offset |= Array(gate[6..<8]).littleEndian << 16 }
        if isLong {
            offset |= Array(gate[8..<12]).littleEndian << 32
            return InterruptHandler(offset: offset, address: GuestVirtualAddress(offset))
        }
        guard let base = try segmentBase(selector) else { return nil }
        return InterruptHandler(offset: offset, address: GuestVirtualAddress(base &+ offset))
    }

    /// 16- and 32-bit interrupt and trap gates.
    private static var gateTypes: Set<UInt8> { [6, 7, 14, 15] }

    /// The base in a descriptor of the global table.
    private mutating func segmentBase(_ selector: UInt64) throws(TraceError) -> UInt64? {
        let descriptor = try read(GuestVirtualAddress(state.gdt.base &+ (selector & ~7)), count: 8)
        guard descriptor.count == 8, selector & 4 == 0 else { return nil }
        return Array(descriptor[2..<5] + descriptor[7..<8]).littleEndian
    }
}
