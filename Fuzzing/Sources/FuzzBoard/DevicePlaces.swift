import Platform

@testable import Devices
@testable import Machine

/// Where the devices of a PC answer that firmware has set up.
enum DevicePlaces {
    /// First ports, and how many there are from each.
    private static let portRanges: [(first: UInt16, count: UInt16)] =
        InterruptControllerPort.allCases.map { ($0.rawValue, 1) } + IntervalTimerPort.allCases.map { ($0.rawValue, 1) }
        + ClockPort.allCases.map { ($0.rawValue, 1) } + KeyboardPort.allCases.map { ($0.rawValue, 1) }
        + DebugConsolePort.allCases.map { ($0.rawValue, 1) } + IDEChannel.allCases.map { ($0.commandPort, 8) }
        + IDEChannel.allCases.map { ($0.controlPort, 1) } + [
            (SerialPort.com1.rawValue, 8), (SerialPort.com2.rawValue, 8), (SystemPort.systemControlA, 1),
            (SystemPort.systemControlB, 1), (SystemPort.powerCommand, 2), (SystemPort.post, 1),
            (UInt16(PCIBus.Place.busMaster), 16), (PowerRegister.usualBase, PowerRegister.portCount),
            (FirmwareConfigurationPort.selector.rawValue, FirmwareConfigurationPort.count),
            (PCIConfigurationPort.address, PCIConfigurationPort.count),
            (0x3B4, 2), (VGAPort.attributeIndex.rawValue, 27), (0x500, 2),  // VGA in monochrome and in colour, nobody
        ]

    static let ports: [UInt16] = portRanges.flatMap { $0.first..<$0.first + $0.count }

    /// First addresses in memory.
    static let memory: [UInt64] =
        (0..<VirtioSlot.count).map { VirtioSlot(rawValue: $0).base } + [
            AddressSpace.ioAPIC, AddressSpace.localAPIC, 0xFFFF_FFF0,
        ]
}

/// One of the virtio devices, in the order in which firmware places them: console, random numbers, disk.
struct VirtioSlot {
    static let count = 3

    let rawValue: Int

    /// Address of its registers.
    var base: UInt64 {
        UInt64(AddressSpace.pciMemory.lowerBound) + UInt64(rawValue) * UInt64(VirtioTransport.byteCount)
    }

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
