internal import X86

/// A descriptor as it lies in a table.
struct Descriptor {
    var low: UInt64
    /// The upper half of a system descriptor in long mode.
    var high: UInt64 = 0
    /// Linear address where it lies.
    var address: UInt64 = 0

    var type: UInt8 { UInt8(low >> 40 & 15) }
    var isOrdinary: Bool { low >> 44 & 1 != 0 }
    var privilege: UInt8 { UInt8(low >> 45 & 3) }
    var isPresent: Bool { low >> 47 & 1 != 0 }
    var isCode: Bool { isOrdinary && type & 8 != 0 }
    var isConforming: Bool { isCode && type & 4 != 0 }
    var isReadable: Bool { isOrdinary && (type & 8 == 0 || type & 2 != 0) }
    var isWritable: Bool { isOrdinary && type & 10 == 2 }
    var isLong: Bool { low >> 53 & 1 != 0 }
    var isBig: Bool { low >> 54 & 1 != 0 }
    /// Linear address of the segment.
    var base: UInt64 {
        low >> 16 & 0xFF_FFFF | (low >> 56 & 0xFF) << 24 | (high & 0xFFFF_FFFF) << 32
    }
    /// Offset of the last byte.
    var limit: UInt32 {
        let units = UInt32(low & 0xFFFF) | UInt32(low >> 32 & 0xF_0000)
        return low >> 55 & 1 != 0 ? units << 12 | 0xFFF : units
    }
    /// Offset of a gate's target.
    var gateOffset: UInt64 { low & 0xFFFF | low >> 32 & 0xFFFF_0000 | (high & 0xFFFF_FFFF) << 32 }
    var gateSelector: UInt16 { UInt16(truncatingIfNeeded: low >> 16) }

    /// The hidden part of a segment register that it is loaded into.
    func segment(_ selector: UInt16) -> ProcessorState.Segment {
        ProcessorState.Segment(
            base: base,
            limit: limit,
            selector: selector,
            accessRights: UInt32(low >> 40 & 0xFF) | UInt32(low >> 52 & 15) << 12
        )
    }
}

extension CPU {
    /// How the processor itself accesses its tables.
    static var tableUse: PageUse { .implicit }

    /// Reads the descriptor that a selector names; nil beyond the table's limit.
    func descriptor(_ selector: UInt16, isSystem: Bool = false) throws(Fault) -> Descriptor? {
        let offset = UInt64(selector & 0xFFF8)
        let base: UInt64
        let limit: UInt64
        if selector & 4 != 0 {
            let table = state.segments[SegmentNumber.ldtr]
            if table.isUnusable || !table.isPresent { return nil }
            (base, limit) = (table.base, UInt64(table.limit))
        } else {
            (base, limit) = (state.gdt.base, UInt64(state.gdt.limit))
        }
        let wide = isSystem && isLongMode
        guard offset + (wide ? 15 : 7) <= limit else { return nil }
        let address = base &+ offset
        let low = try read(address, size: 8, use: Self.tableUse)
        let high = wide ? try read(address &+ 8, size: 8, use: Self.tableUse) : 0
        return Descriptor(low: low, high: high, address: address)
    }

    /// Sets the accessed bit of a code or data descriptor where it is clear.
    func markAccessed(_ descriptor: inout Descriptor) throws(Fault) {
        guard descriptor.isOrdinary, descriptor.type & 1 == 0 else { return }
        descriptor.low |= 1 << 40
        try write(descriptor.address &+ 5, size: 1, descriptor.low >> 40, use: Self.tableUse)
    }

    /// Loads DS, ES, FS, GS or SS by an instruction (Intel SDM vol. 2, MOV).
    func loadSegment(_ number: Int, _ selector: UInt16) throws(Fault) {
        if !isProtected || isVirtual8086 {
            setRealSegment(number, selector)
            updateMode()
            return
        }
        state.segments[number] =
            number == SegmentNumber.ss
            ? try stackSegment(selector, privilege: state.privilege) : try dataSegment(selector)
        updateMode()
    }

    /// What a data segment register becomes.
    private func dataSegment(_ selector: UInt16) throws(Fault) -> ProcessorState.Segment {
        let code = UInt32(selector & 0xFFFC)
        if code == 0 { return Self.nullSegment(selector) }
        guard var found = try descriptor(selector) else { throw .protection(code) }
        guard found.isOrdinary, found.isReadable else { throw .protection(code) }
        if !found.isConforming {
            guard max(UInt8(selector & 3), state.privilege) <= found.privilege else { throw .protection(code) }
        }
        guard found.isPresent else { throw .notPresent(code) }
        try markAccessed(&found)
        return found.segment(selector)
    }

    /// What SS becomes at a privilege.
    func stackSegment(
        _ selector: UInt16,
        privilege: UInt8,
        isTSS: Bool = false
    ) throws(Fault) -> ProcessorState.Segment {
        let code = UInt32(selector & 0xFFFC)
        func wrong() -> Fault { isTSS ? .invalidTSS(code) : .protection(code) }
        if code == 0 {
            let allowed = isLongMode && state.mode.contains(.long) && privilege != 3 && UInt8(selector & 3) == privilege
            guard allowed else { throw isTSS ? .invalidTSS(0) : .protection(0) }
            var segment = Self.nullSegment(selector)
            segment.accessRights |= UInt32(privilege) << 5
            return segment
        }
        guard var found = try descriptor(selector) else { throw wrong() }
        guard UInt8(selector & 3) == privilege, found.isWritable, found.privilege == privilege else { throw wrong() }
        guard found.isPresent else { throw .stack(code) }
        try markAccessed(&found)
        return found.segment(selector)
    }

    /// A segment register that holds no segment.
    static func nullSegment(_ selector: UInt16) -> ProcessorState.Segment {
        ProcessorState.Segment(selector: selector, accessRights: 1 << 16)
    }

    /// Makes data segments unusable that a lower privilege may not use.
    func dropPrivilegedSegments() {
        for number in [SegmentNumber.es, SegmentNumber.ds, SegmentNumber.fs, SegmentNumber.gs] {
            let segment = state.segments[number]
            if !segment.isUnusable, segment.descriptorPrivilege < state.privilege, !segment.isConforming {
                state.segments[number] = Self.nullSegment(0)
            }
        }
    }

    /// Makes a code segment the present one.
    func setCode(_ descriptor: Descriptor, _ selector: UInt16, privilege: UInt8) {
        state.segments[SegmentNumber.cs] = descriptor.segment(selector & 0xFFFC | UInt16(privilege))
        state.privilege = privilege
    }
}
