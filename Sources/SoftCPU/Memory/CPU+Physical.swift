internal import X86

/// A page of guest memory as the slow path finds it.
struct HostPage {
    /// Address of its first byte in host memory.
    var host: UInt
    /// Address of its ``PageRecord``.
    var record: UInt
    var isReadOnly: Bool
    /// Guest-physical address of its first byte.
    var physical: UInt64

    /// What is known of it.
    var known: PageRecord {
        get {
            // SAFETY: record is the address of an element of a region's page table.
            unsafe UnsafePointer<PageRecord>(bitPattern: record).unsafelyUnwrapped.pointee
        }
        nonmutating set {
            // SAFETY: as above.
            unsafe UnsafeMutablePointer<PageRecord>(bitPattern: record).unsafelyUnwrapped.pointee = newValue
        }
    }

    func load<T: Word>(_ offset: Int, _: T.Type = T.self) -> T {
        // SAFETY: offset and size are within the page, which is mapped.
        unsafe UnsafeRawPointer(bitPattern: host).unsafelyUnwrapped.loadUnaligned(fromByteOffset: offset, as: T.self)
    }

    func store<T: Word>(_ value: T, _ offset: Int) {
        // SAFETY: offset and size are within the page, which is mapped.
        unsafe UnsafeMutableRawPointer(bitPattern: host).unsafelyUnwrapped
            .storeBytes(of: value, toByteOffset: offset, as: T.self)
    }
}

extension CPU {
    /// What the processor puts on its address lines.
    func physicalAddress(_ address: UInt64) -> UInt64 {
        state.masksAddressLine20 ? AddressLine20.masked(address) : address
    }

    /// The page of memory at a physical address, if memory is there.
    func hostPage(_ physical: UInt64) -> HostPage? {
        for region in around.regions where physical >= region.start && physical - region.start < region.size {
            let offset = (physical - region.start).page
            return HostPage(
                host: region.host + UInt(offset),
                record: region.pages + UInt(offset >> 12) * UInt(MemoryLayout<PageRecord>.stride),
                isReadOnly: region.isReadOnly,
                physical: region.start + offset
            )
        }
        return nil
    }

    /// Reads 1 to 8 bytes that lie within one page; a device's answer where no memory is.
    func readPhysical(_ physical: UInt64, size: Int) throws(Fault) -> UInt64 {
        let address = physicalAddress(physical)
        guard let page = hostPage(address) else { return try askDevice(physical, size: size) }
        var value: UInt64 = 0
        for index in 0..<size {
            value |= UInt64(page.load(Int(address & 0xFFF) + index, UInt8.self)) << UInt64(8 * index)
        }
        return value
    }

    /// Writes 1 to 8 bytes that lie within one page; leaves for a device where no memory is.
    func writePhysical(_ physical: UInt64, size: Int, _ value: UInt64) throws(Fault) {
        let address = physicalAddress(physical)
        guard let page = hostPage(address), !page.isReadOnly else {
            try tellDevice(physical, size: size, value)
            return
        }
        if page.known.flags & PageRecord.tables != 0 { noteTableWrite(page, offset: Int(address & 0xFFF), count: size) }
        for index in 0..<size {
            page.store(UInt8(truncatingIfNeeded: value >> UInt64(8 * index)), Int(address & 0xFFF) + index)
        }
        noteWrite(page, offset: Int(address & 0xFFF), count: size)
    }

    /// Notes that bytes of a page have changed: it is dirty, and code that was decoded from them is stale.
    func noteWrite(_ page: HostPage, offset: Int, count: Int) {
        markDirty(page)
        if page.known.codeMask & PageRecord.mask(offset: offset, count: count) != 0 {
            forgetBlocks(in: page, offset: offset, count: count)
        }
    }

    /// Takes the device's answer to a read, or leaves to ask for it.
    func askDevice(_ address: UInt64, size: Int) throws(Fault) -> UInt64 {
        try ask(PendingExit(kind: .memoryRead, size: UInt8(size), address: address))
    }

    /// Leaves to tell a device, unless that has been done.
    func tellDevice(_ address: UInt64, size: Int, _ value: UInt64) throws(Fault) {
        _ = try ask(PendingExit(kind: .memoryWrite, size: UInt8(size), address: address, value: value))
    }

    /// Gives the next answer that the instruction has been given, or leaves for it; the instruction is then begun again.
    func ask(_ exit: PendingExit) throws(Fault) -> UInt64 {
        if state.answersUsed < state.answerCount {
            state.answersUsed += 1
            if state.isRefused, state.answersUsed == state.answerCount {
                state.isRefused = false
                throw .protection()
            }
            let answer = state.answers[state.answersUsed - 1]
            // Whoever answers may give more than was asked for.
            return exit.size == 0 || exit.size >= 8 ? answer : answer & (1 << UInt64(8 * exit.size) - 1)
        }
        state.exit = exit
        throw .waiting
    }
}
