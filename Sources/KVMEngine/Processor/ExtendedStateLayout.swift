internal import Engine
internal import KVMCore
internal import X86

/// Where this host's XSAVE area keeps each component (CPUID leaf 0xD; Intel SDM vol. 1, 13.4).
struct ExtendedStateLayout {
    private struct Place {
        let offset: Int
        let size: Int
    }

    private var places: [Int: Place] = [:]
    /// The components that a guest may enable, as bits of XCR0.
    private(set) var supported: UInt64 = 0

    /// Reads the layout from a host's CPUID table.
    init(cpuid: [CPUIDEntry]) {
        for entry in cpuid where entry.function == 0xD && entry.index == 0 {
            supported = UInt64(entry.edx) << 32 | UInt64(entry.eax)
        }
        for entry in cpuid where entry.function == 0xD && entry.index >= 2 && entry.index < 63 && entry.eax > 0 {
            // Components that belong to the supervisor state (ECX bit 0) are not in the standard format.
            guard entry.ecx & 1 == 0 else { continue }
            places[Int(entry.index)] = Place(offset: Int(entry.ebx), size: Int(entry.eax))
        }
    }

    /// The legacy area: x87 in two pieces around MXCSR and its mask, then XMM0 to XMM15.
    private enum Legacy {
        static let x87Control = 0..<24
        static let mxcsr = 24..<28
        static let x87Registers = 32..<160
        static let sse = 160..<416
        static let header = 512..<520
        static let initialX87: [UInt8] = [0x7F, 0x03] + [UInt8](repeating: 0, count: 150)
    }

    /// The components of an area that are not in their initial configuration.
    func extendedState(of area: [UInt8]) -> ProcessorState.ExtendedState {
        var state = ProcessorState.ExtendedState()
        state.mxcsr = area[Legacy.mxcsr].reversed().reduce(0) { $0 << 8 | UInt32($1) }
        let inUse = area[Legacy.header].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let x87 = Array(area[Legacy.x87Control] + area[Legacy.x87Registers])
        if inUse & 1 != 0, x87 != Legacy.initialX87 { state.components[0] = x87 }
        if inUse & 2 != 0 { state.components[1] = nonZero(area[Legacy.sse]) }
        for (number, place) in places where inUse >> UInt64(number) & 1 != 0 && place.offset + place.size <= area.count
        {
            state.components[number] = nonZero(area[place.offset..<place.offset + place.size])
        }
        return state
    }

    /// An area of `size` bytes that holds a state.
    func area(of state: ProcessorState.ExtendedState, size: Int) throws(EngineError) -> [UInt8] {
        var area = [UInt8](repeating: 0, count: size)
        var inUse: UInt64 = 3
        let x87 = state.components[0] ?? Legacy.initialX87
        guard x87.count == Legacy.initialX87.count else { throw .hostLacks("an x87 state of \(x87.count) bytes") }
        area.replaceSubrange(Legacy.x87Control, with: x87[..<Legacy.x87Control.count])
        area.replaceSubrange(Legacy.x87Registers, with: x87[Legacy.x87Control.count...])
        for (number, byte) in zip(Legacy.mxcsr, 0...) {
            area[number] = UInt8(truncatingIfNeeded: state.mxcsr >> UInt32(8 * byte))
        }
        for (number, bytes) in state.components where number > 0 {
            let place = number == 1 ? Place(offset: Legacy.sse.lowerBound, size: Legacy.sse.count) : places[number]
            guard let place, place.size == bytes.count, place.offset + place.size <= size else {
                throw .hostLacks("XSAVE component \(number) with \(bytes.count) bytes")
            }
            area.replaceSubrange(place.offset..<place.offset + place.size, with: bytes)
            inUse |= 1 << UInt64(number)
        }
        for (number, byte) in zip(Legacy.header, 0...) {
            area[number] = UInt8(truncatingIfNeeded: inUse >> UInt64(8 * byte))
        }
        return area
    }

    private func nonZero(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        bytes.contains { $0 != 0 } ? Array(bytes) : nil
    }
}
