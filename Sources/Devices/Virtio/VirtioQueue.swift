import X86

/// One split virtqueue (Virtual I/O Device 1.2, 2.7), which the guest's driver fills and the device empties.
///
/// Everything in its rings comes from the guest. Invalid content is an error, after which the device needs a reset.
struct VirtioQueue: Hashable, Sendable {
    /// What is wrong with a queue.
    enum Fault: Error, Equatable {
        /// A ring, a table or a buffer is not in guest memory.
        case outsideMemory
        /// More buffers are offered than the queue has descriptors.
        case overfilled
        /// A descriptor's number is not below the queue's size.
        case noSuchDescriptor
        /// The descriptors of a buffer form a chain that is longer than the queue.
        case endlessChain
        /// A descriptor for the device to read comes after one for it to write.
        case misordered
        /// An indirect table is used, although that feature was not offered.
        case indirect
        /// The buffer is larger than any that a driver makes that respects the device's limits.
        case tooLarge
    }

    /// A descriptor (2.7.5).
    private struct Flags: OptionSet {
        let rawValue: UInt16
        static let next = Self(rawValue: 1 << 0)
        static let write = Self(rawValue: 1 << 1)
        static let indirect = Self(rawValue: 1 << 2)
    }

    /// In the flags of the available ring: the driver wants no interrupt.
    private static let noInterrupt: UInt16 = 1
    private static let descriptorSize: UInt64 = 16
    /// The most bytes in one buffer, read and written together.
    static let maximumBytes: UInt64 = 16 << 20

    let maximumSize: UInt16
    var size: UInt16
    var isEnabled = false
    var descriptors: UInt64 = 0
    var available: UInt64 = 0
    var used: UInt64 = 0
    private var nextAvailable: UInt16 = 0
    private var nextUsed: UInt16 = 0

    init(maximumSize: UInt16) {
        self.maximumSize = maximumSize
        self.size = maximumSize
    }

    /// Takes the next buffer that the driver offers, if any.
    mutating func take(_ memory: inout some GuestMemoryAccess) throws(Fault) -> VirtioBuffer? {
        guard isEnabled, size > 0 else { return nil }
        let offered = try Self.checked { () throws(GuestMemoryError) in
            try memory.readUInt16(at: GuestPhysicalAddress(available &+ 2))
        }
        guard offered != nextAvailable else { return nil }
        guard offered &- nextAvailable <= size else { throw .overfilled }
        let slot = UInt64(nextAvailable % size)
        let head = try Self.checked { () throws(GuestMemoryError) in
            try memory.readUInt16(at: GuestPhysicalAddress(available &+ 4 &+ 2 &* slot))
        }
        nextAvailable &+= 1
        return try chain(from: head, &memory)
    }

    private func chain(from head: UInt16, _ memory: inout some GuestMemoryAccess) throws(Fault) -> VirtioBuffer {
        var buffer = VirtioBuffer(head: head)
        var number = head
        for _ in 0..<size {
            guard number < size else { throw .noSuchDescriptor }
            let place = descriptors &+ Self.descriptorSize &* UInt64(number)
            let address = try Self.checked { () throws(GuestMemoryError) in
                try memory.readUInt64(at: GuestPhysicalAddress(place))
            }
            let rest = try Self.checked { () throws(GuestMemoryError) in
                try memory.readUInt64(at: GuestPhysicalAddress(place &+ 8))
            }
            let flags = Flags(rawValue: UInt16(truncatingIfNeeded: rest >> 32))
            guard !flags.contains(.indirect) else { throw .indirect }
            let segment = VirtioBuffer.Segment(address: address, count: rest & 0xFFFF_FFFF)
            if flags.contains(.write) {
                buffer.writable.append(segment)
            } else {
                guard buffer.writable.isEmpty else { throw .misordered }
                buffer.readable.append(segment)
            }
            guard buffer.readable.byteCount + buffer.writable.byteCount <= Self.maximumBytes else { throw .tooLarge }
            guard flags.contains(.next) else { return buffer }
            number = UInt16(truncatingIfNeeded: rest >> 48)
        }
        throw .endlessChain
    }

    /// Returns a buffer with `written` bytes in it; true if the driver wants an interrupt for it.
    mutating func give(
        back buffer: VirtioBuffer,
        written: UInt32,
        _ memory: inout some GuestMemoryAccess
    ) throws(Fault) -> Bool {
        let slot = UInt64(nextUsed % size)
        nextUsed &+= 1
        let index = nextUsed
        return try Self.checked { () throws(GuestMemoryError) in
            let element = UInt64(buffer.head) | UInt64(written) << 32
            try memory.writeUInt64(element, at: GuestPhysicalAddress(used &+ 4 &+ 8 &* slot))
            try memory.writeUInt16(index, at: GuestPhysicalAddress(used &+ 2))
            return try memory.readUInt16(at: GuestPhysicalAddress(available)) & Self.noInterrupt == 0
        }
    }

    static func checked<Result>(_ body: () throws(GuestMemoryError) -> Result) throws(Fault) -> Result {
        do throws(GuestMemoryError) {
            return try body()
        } catch {
            throw .outsideMemory
        }
    }
}
