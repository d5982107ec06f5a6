import X86

@testable import Devices

/// A driver's side of a virtio device: memory with queues in it.
///
/// Queue `n` has its descriptors at `0x1000 * (n + 1)`, its available ring 0x800 behind and its used ring 0xC00 behind.
struct VirtioDriver {
    var memory = TestMemory(byteCount: 0x10_0000)
    let queueSize: UInt16 = 8

    static func base(_ queue: Int) -> Int { 0x1000 * (queue + 1) }

    /// Brings a device up to DRIVER_OK with all features it offers, or those given.
    mutating func start(_ transport: inout VirtioTransport, queues: Int, features: UInt64? = nil) {
        transport.function.write(at: 0x04, .word, 0x0006)
        _ = transport.write(at: 0x14, .byte, 0)
        _ = transport.write(at: 0x14, .byte, 0x03)
        let offered = readFeatures(&transport)
        let wanted = features ?? offered
        for half in 0..<UInt64(2) {
            _ = transport.write(at: 0x08, .doubleword, half)
            _ = transport.write(at: 0x0C, .doubleword, wanted >> (32 * half) & 0xFFFF_FFFF)
        }
        _ = transport.write(at: 0x14, .byte, 0x0B)
        for queue in 0..<queues {
            _ = transport.write(at: 0x16, .word, UInt64(queue))
            _ = transport.write(at: 0x18, .word, UInt64(queueSize))
            _ = transport.write(at: 0x20, .quadword, UInt64(Self.base(queue)))
            _ = transport.write(at: 0x28, .doubleword, UInt64(Self.base(queue) + 0x800))
            _ = transport.write(at: 0x2C, .doubleword, 0)
            _ = transport.write(at: 0x30, .quadword, UInt64(Self.base(queue) + 0xC00))
            _ = transport.write(at: 0x1C, .word, 1)
        }
        _ = transport.write(at: 0x14, .byte, 0x0F)
    }

    func readFeatures(_ transport: inout VirtioTransport) -> UInt64 {
        _ = transport.write(at: 0x00, .doubleword, 0)
        let low = transport.read(at: 0x04, .doubleword)
        _ = transport.write(at: 0x00, .doubleword, 1)
        return low | transport.read(at: 0x04, .doubleword) << 32
    }

    /// Sets a descriptor.
    mutating func describe(
        _ number: Int,
        address: UInt64,
        count: UInt32,
        isWritable: Bool = false,
        next: UInt16? = nil,
        queue: Int = 0
    ) {
        let place = Self.base(queue) + 16 * number
        memory.put(address, at: place)
        memory.put(count, at: place + 8)
        memory.put(UInt16((next == nil ? 0 : 1) | (isWritable ? 2 : 0)), at: place + 12)
        memory.put(next ?? 0, at: place + 14)
    }

    /// Offers the chain that begins at a descriptor.
    mutating func offer(_ head: UInt16, queue: Int = 0) {
        let place = Self.base(queue) + 0x800
        let index = memory.get(at: place + 2, as: UInt16.self)
        memory.put(head, at: place + 4 + 2 * Int(index % queueSize))
        memory.put(index &+ 1, at: place + 2)
    }

    /// How many buffers have come back.
    func usedCount(_ queue: Int = 0) -> UInt16 { memory.get(at: Self.base(queue) + 0xC02) }

    /// The head and the number of bytes written of the buffer that came back `index`th.
    func used(_ index: Int, queue: Int = 0) -> [UInt32] {
        let place = Self.base(queue) + 0xC04 + 8 * (index % Int(queueSize))
        return [memory.get(at: place), memory.get(at: place + 4)]
    }

    /// Puts a block request's header at 0x8000 and offers header, data at 0x9000 and status at 0x8800.
    mutating func request(_ type: UInt32, sector: UInt64, dataCount: UInt32, isWritable: Bool) {
        memory.put(type, at: 0x8000)
        memory.put(sector, at: 0x8008)
        memory.bytes[0x8800] = 0xEE
        describe(0, address: 0x8000, count: 16, next: 1)
        describe(1, address: 0x9000, count: dataCount, isWritable: isWritable, next: 2)
        describe(2, address: 0x8800, count: 1, isWritable: true)
        offer(0)
    }

    var blockStatus: UInt8 { memory.bytes[0x8800] }
}
