@testable import Devices
@testable import Machine

/// Where the devices of a PC answer that firmware has set up.
enum DevicePlaces {
    /// First ports, and how many there are from each.
    private static let portRanges: [(first: UInt16, count: UInt16)] = [
        (0x20, 2), (0xA0, 2), (0x4D0, 2),  // 8259
        (0x40, 4), (0x61, 1), (0x70, 2),  // 8254, port B, clock
        (0x60, 1), (0x64, 1), (0x92, 1), (0xB2, 2),  // 8042, port A, power management command
        (0x3F8, 8), (0x2F8, 8), (0x80, 1), (0xE9, 1), (0x402, 1),  // serial ports, POST, debug consoles
        (0x1F0, 8), (0x3F6, 1), (0x170, 8), (0x376, 1), (UInt16(PCIBus.Place.busMaster), 16),  // IDE
        (0x510, 12), (0x3B4, 2), (0x3C0, 27),  // firmware configuration, VGA
        (UInt16(PCIBus.Place.power), 12), (0xCF8, 8), (0x500, 2),  // power management, PCI, nobody
    ]

    static let ports: [UInt16] = portRanges.flatMap { $0.first..<$0.first + $0.count }

    /// First addresses in memory.
    static let memory: [UInt64] =
        (0..<VirtioSlot.count).map { VirtioSlot(rawValue: $0).base } + [IOAPIC.base, 0xFEE0_0000, 0xFFFF_FFF0]
}

/// One of the virtio devices, in the order in which firmware places them: console, random numbers, disk.
struct VirtioSlot {
    static let count = 3

    let rawValue: Int

    /// Address of its registers.
    var base: UInt64 { UInt64(PCIBus.Place.memory) + UInt64(rawValue) * UInt64(VirtioTransport.byteCount) }

    /// How many queues a driver sets up.
    var queueCount: UInt8 { rawValue == 0 ? 2 : 1 }
}

/// A queue in guest memory: a page for each, below 64 KiB.
struct VirtioQueuePlace {
    static let size: UInt16 = 8

    let slot: VirtioSlot
    let queue: UInt8

    var descriptors: UInt64 { UInt64(0x1000 * (2 * slot.rawValue + Int(queue) + 1)) }
    var available: UInt64 { descriptors + 0x800 }
    var used: UInt64 { descriptors + 0xC00 }
    /// Where the driver says that it has filled the queue.
    var notification: UInt64 { slot.base + VirtioTransport.Structure.notification.rawValue + 4 * UInt64(queue) }
}
