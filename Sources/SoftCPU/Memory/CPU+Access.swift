extension CPU {
    /// What accesses of the present privilege want of a page.
    var ordinaryUse: PageUse { state.privilege == 3 ? .user : [] }

    /// Reads 1 to 8 bytes at a linear address by the slow path, which can do everything.
    func read(_ linear: UInt64, size: Int, use: PageUse? = nil, stack: Bool = false) throws(Fault) -> UInt64 {
        let use = use ?? ordinaryUse
        let address = try checked(linear, size: size, use, stack: stack)
        let first = try translate(address, use)
        let room = Int(4096 - address & 0xFFF)
        if size <= room {
            try checkWatch(first.physical, linear: address, size: size, use)
            return try readPhysical(first.physical, size: size)
        }
        let second = try translate(address &+ UInt64(room), use)
        try checkWatch(first.physical, linear: address, size: room, use)
        try checkWatch(second.physical, linear: address &+ UInt64(room), size: size - room, use)
        let low = try readPhysical(first.physical, size: room)
        return try low | readPhysical(second.physical, size: size - room) << UInt64(8 * room)
    }

    /// Writes 1 to 8 bytes at a linear address by the slow path.
    func write(
        _ linear: UInt64,
        size: Int,
        _ value: UInt64,
        use: PageUse? = nil,
        stack: Bool = false
    ) throws(Fault) {
        let use = (use ?? ordinaryUse).union(.write)
        let address = try checked(linear, size: size, use, stack: stack)
        let first = try translate(address, use)
        let room = Int(4096 - address & 0xFFF)
        if size <= room {
            try checkWatch(first.physical, linear: address, size: size, use)
            try writePhysical(first.physical, size: size, value)
            return
        }
        let second = try translate(address &+ UInt64(room), use)
        try checkWatch(first.physical, linear: address, size: room, use)
        try checkWatch(second.physical, linear: address &+ UInt64(room), size: size - room, use)
        try writePhysical(first.physical, size: room, value)
        try writePhysical(second.physical, size: size - room, value >> UInt64(8 * room))
    }

    /// Makes sure that a store would be allowed, without one.
    func probeWrite(_ linear: UInt64, size: Int, use: PageUse? = nil, stack: Bool = false) throws(Fault) {
        let use = (use ?? ordinaryUse).union(.write)
        let address = try checked(linear, size: size, use, stack: stack)
        _ = try translate(address, use)
        let room = UInt64(4096 - address & 0xFFF)
        if UInt64(size) > room { _ = try translate(address &+ room, use) }
    }

    /// Bits of an address that are clear where an operand of so many bytes is aligned: by its parts where it has any, by 8 bytes
    /// where it is a number of 10 (Intel SDM vol. 3, table 6-7).
    private static func alignmentMask(ofSize size: Int) -> UInt64 {
        size == 10 ? 7 : UInt64(min(size & -size, 8) - 1)
    }

    /// Compares a linear address with what the mode allows, and an alignment with what is asked for.
    func checked(_ linear: UInt64, size: Int, _ use: PageUse, stack: Bool) throws(Fault) -> UInt64 {
        let address = use.contains(.implicit) ? linear : linear & linearMask
        if !isCanonical(address) || !isCanonical(address &+ UInt64(size - 1)) {
            throw stack ? .stack() : .protection()
        }
        if use.contains(.user), address & Self.alignmentMask(ofSize: size) != 0, translationSet == .checked {
            throw .alignment()
        }
        return address
    }
}
