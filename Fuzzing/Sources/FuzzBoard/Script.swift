import X86

/// What a guest, its user or time does to the machine.
enum Action {
    case readPort(UInt16, AccessSize)
    case writePort(UInt16, AccessSize, UInt32)
    /// An access of a device's memory, of 1 to 8 bytes.
    case readDevice(UInt64, UInt8)
    case writeDevice(UInt64, UInt8, UInt64)
    /// The guest changes its own memory.
    case store([UInt8], at: UInt64)
    /// A driver brings a virtio device up, as its first steps are.
    case start(VirtioSlot)
    /// A driver writes a descriptor of a queue.
    case describe(VirtioQueuePlace, index: UInt8, address: UInt64, count: UInt32, flags: UInt8, next: UInt8)
    /// A driver offers the chain that begins at a descriptor, and says so.
    case offer(VirtioQueuePlace, head: UInt8)
    case takeInterrupts
    case writeAPICBase(UInt64)
    case type([UInt8])
    case pass(nanoseconds: UInt64)
}

/// The input, read as actions: a byte that says which, and what it takes. An input that ends within an action ends before it.
struct Script {
    private var bytes: Slice<UnsafeBufferPointer<UInt8>>

    init(_ input: UnsafeBufferPointer<UInt8>) { bytes = input[...] }

    /// The next action, or nil at the end.
    mutating func next() -> Action? {
        guard let selector = bytes.popFirst() else { return nil }
        switch selector % 12 {
        case 0: return port().flatMap { port in size().map { .readPort(port, $0) } }
        case 1:
            guard let port = port(), let size = size(), let value = number(size.byteCount) else { return nil }
            return .writePort(port, size, UInt32(truncatingIfNeeded: value))
        case 2:
            guard let address = deviceAddress(), let length = bytes.popFirst() else { return nil }
            return .readDevice(address, length % 8 + 1)
        case 3:
            guard let address = deviceAddress(), let length = bytes.popFirst(),
                let value = number(Int(length % 8 + 1))
            else { return nil }
            return .writeDevice(address, length % 8 + 1, value)
        case 4:
            guard let address = number(2), let count = bytes.popFirst() else { return nil }
            return .store(take(Int(count % 32)), at: address)
        case 5: return slot().map { .start($0) }
        case 6:
            guard let queue = queue(), let index = bytes.popFirst(), let address = number(2), let count = number(2),
                let flags = bytes.popFirst(), let next = bytes.popFirst()
            else { return nil }
            return .describe(queue, index: index, address: address, count: UInt32(count), flags: flags, next: next)
        case 7: return queue().flatMap { queue in bytes.popFirst().map { .offer(queue, head: $0) } }
        case 8: return .takeInterrupts
        case 9: return number(5).map { .writeAPICBase($0) }
        case 10: return bytes.popFirst().map { .type(take(Int($0 % 32))) }
        // By powers of two: most leaps are short, and some are centuries.
        default: return bytes.popFirst().map { .pass(nanoseconds: 1 << UInt64($0 & 63)) }
        }
    }

    /// A little-endian number.
    private mutating func number(_ count: Int) -> UInt64? {
        guard bytes.count >= count else { return nil }
        return take(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// So many bytes, or all that are left.
    private mutating func take(_ count: Int) -> [UInt8] {
        defer { bytes = bytes.dropFirst(count) }
        return Array(bytes.prefix(count))
    }

    private mutating func size() -> AccessSize? {
        bytes.popFirst().map { [.byte, .word, .doubleword][Int($0) % 3] }
    }

    private mutating func port() -> UInt16? {
        bytes.popFirst().map { DevicePlaces.ports[Int($0) % DevicePlaces.ports.count] }
    }

    private mutating func deviceAddress() -> UInt64? {
        guard let place = bytes.popFirst(), let offset = number(2) else { return nil }
        return DevicePlaces.memory[Int(place) % DevicePlaces.memory.count] + offset & 0x3FFF
    }

    private mutating func slot() -> VirtioSlot? {
        bytes.popFirst().map { VirtioSlot(rawValue: Int($0) % VirtioSlot.count) }
    }

    private mutating func queue() -> VirtioQueuePlace? {
        bytes.popFirst().map {
            VirtioQueuePlace(slot: VirtioSlot(rawValue: Int($0 >> 1) % VirtioSlot.count), queue: $0 & 1)
        }
    }
}
