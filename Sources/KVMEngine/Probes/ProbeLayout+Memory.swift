internal import Engine

extension ProbeLayout {
    /// The contents of memory besides the probe's code.
    static func contents(for mode: GuestMode) -> [(UInt64, [UInt8])] {
        var contents = pagingContents
        if mode == .real {
            contents.append((0, realVectors))
        } else {
            contents.append((interruptTable, gates(for: mode)))
            contents.append((descriptorTable, descriptors))
            contents.append((taskState, taskStateContents(for: mode)))
        }
        contents.append((interruptHandler, ProbeCode.interruptHandler))
        contents.append((faultHandler, ProbeCode.faultHandler))
        contents.append((source, sourceContents))
        return contents
    }

    /// MXCSR as after reset, which also includes 0x2000 if taken as bounds; then zeros.
    private static var sourceContents: [UInt8] { bytes(0x1F80, 4) + bytes(0xFFFF, 4) }

    private static var realVectors: [UInt8] {
        (0..<256).flatMap { bytes(handler(of: $0), 2) + bytes(0, 2) }
    }

    private static func handler(of vector: Int) -> UInt64 {
        vector < exceptionVectors && vector != breakpointVector ? faultHandler : interruptHandler
    }

    /// Interrupt gates that ring 3 may use too (Intel SDM vol. 3, 6.11 and 6.14.1).
    private static func gates(for mode: GuestMode) -> [UInt8] {
        let isLong = mode != .protected32
        let code = UInt64(isLong ? Selector.code64 : Selector.code32)
        return (0..<256).flatMap { vector in
            bytes(handler(of: vector), 2) + bytes(code, 2) + [0, 0xEE] + bytes(0, isLong ? 10 : 2)
        }
    }

    private static var descriptors: [UInt8] {
        [
            0,
            0x00AF_9B00_0000_FFFF,  // 0x08: 64-bit code, ring 0
            0x00CF_9300_0000_FFFF,  // 0x10: data, ring 0
            0x00CF_F300_0000_FFFF,  // 0x18: data, ring 3
            0x00AF_FB00_0000_FFFF,  // 0x20: 64-bit code, ring 3
            0x0000_8B00_6100_0088,  // 0x28: the task state, in two
            0,
            0x00CF_9B00_0000_FFFF,  // 0x38: 32-bit code, ring 0
        ].flatMap { bytes($0, 8) }
    }

    /// The stack of ring 0, and an I/O permission bitmap that opens ports 0 to 0xFF (Intel SDM vol. 1, 18.5.2).
    private static func taskStateContents(for mode: GuestMode) -> [UInt8] {
        let stackPointer = bytes(kernelStack, mode == .protected32 ? 4 : 8)
        let stack = stackPointer + (mode == .protected32 ? bytes(UInt64(Selector.data), 4) : [])
        let head = bytes(0, 4) + stack
        return head + bytes(0, 0x66 - head.count) + bytes(0x68, 2) + bytes(0, 0x20) + [0xFF]
    }

    /// Tables whose Accessed and Dirty bits are set already, so that no processor writes to them.
    private static var pagingContents: [(UInt64, [UInt8])] {
        let pointers = pageTables + 0x1000
        let directory = pageTables + 0x2000
        return [
            (pageTables, bytes(pointers | 0x67, 8)),
            (pointers, bytes(directory | 0x67, 8)),
            (directory, bytes(0xE7, 8)),  // one page of 2 MiB
            (directory32, bytes(0xE7, 4)),  // one page of 4 MiB
            (pointersPAE, bytes(directory | 1, 8)),
        ]
    }

    private static func bytes(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) : 0 }
    }
}
