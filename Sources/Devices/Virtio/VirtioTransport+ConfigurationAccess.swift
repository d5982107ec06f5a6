public import X86

extension VirtioTransport {
    /// The capability with which a driver reaches the structures through configuration space alone, without their
    /// memory (4.1.4.9). Firmware uses it when it cannot reach the memory.
    private enum AccessCapability {
        static let place: UInt8 = 0x84
        static let type: UInt8 = 5
        static let byteCount: UInt8 = 20
        /// Fields, from the start of the capability.
        static let baseAddress: UInt8 = 4
        static let offset: UInt8 = 8
        static let length: UInt8 = 12
        static let data: UInt8 = 16
    }

    mutating func addAccessCapability() {
        let zeros = [UInt8](repeating: 0, count: Int(AccessCapability.byteCount) - 4)
        let contents = [AccessCapability.byteCount, AccessCapability.type] + zeros
        function.addCapability(Self.vendorCapability, at: AccessCapability.place, contents: contents)
        function.allowWriting(AccessCapability.place + AccessCapability.baseAddress, UInt8.max)
        function.allowWriting(AccessCapability.place + AccessCapability.offset, UInt32.max)
        function.allowWriting(AccessCapability.place + AccessCapability.length, UInt32.max)
        function.allowWriting(AccessCapability.place + AccessCapability.data, UInt32.max)
    }

    /// What the capability's fields address; nil if they address nothing.
    private var accessTarget: (offset: UInt64, size: AccessSize)? {
        let place = AccessCapability.place
        let size: AccessSize
        switch function.read(at: place + AccessCapability.length, .doubleword) {
        case 1: size = .byte
        case 2: size = .word
        case 4: size = .doubleword
        default: return nil
        }
        let offset = function.read(at: place + AccessCapability.offset, .doubleword)
        let baseAddress = function.read(at: place + AccessCapability.baseAddress, .byte)
        guard baseAddress == Self.baseAddress, offset < Self.byteCount else { return nil }
        return (UInt64(offset), size)
    }

    private static func reachesData(_ offset: UInt8) -> Bool {
        let data = AccessCapability.place + AccessCapability.data
        return (data..<data + 4).contains(offset)
    }

    /// Reads configuration space. The board reads here instead of from ``function``, because the data field of the
    /// access capability gives what the fields address.
    public mutating func readConfiguration(at offset: UInt8, _ size: AccessSize) -> UInt32 {
        if Self.reachesData(offset), let target = accessTarget {
            let value = read(at: target.offset, target.size)
            function.set(AccessCapability.place + AccessCapability.data, UInt32(truncatingIfNeeded: value))
        }
        return function.read(at: offset, size)
    }

    /// Writes configuration space. If the driver announces buffers through the data field of the access capability,
    /// returns the number of the queue.
    public mutating func writeConfiguration(at offset: UInt8, _ size: AccessSize, _ value: UInt32) -> Int? {
        function.write(at: offset, size, value)
        guard Self.reachesData(offset), let target = accessTarget else { return nil }
        let data = function.read(at: AccessCapability.place + AccessCapability.data, .doubleword)
        return write(at: target.offset, target.size, UInt64(data) & target.size.mask)
    }
}
