internal import Platform
internal import TraceFormat
internal import X86

/// Whose queues are where in guest memory, found by following a guest's accesses. So what a device writes by itself at any
/// time can be told from what another does.
struct VirtioQueues {
    /// A queue of a device.
    struct Queue: Hashable {
        var device: PCIDevices.VirtioDevice
        var number: UInt16
    }

    /// What the guest has found on the bus.
    private(set) var devices = PCIDevices()
    /// The queue that each device's registers show.
    private var selected: [UInt64: UInt16] = [:]
    /// The addresses of used rings.
    private var usedRings: [Queue: UInt64] = [:]

    /// Notes an access of the guest. Other events mean nothing here.
    mutating func note(_ event: Event) {
        switch event {
        case .portRead(let access): devices.noteRead(access)
        case .portWrite(let access): devices.noteWrite(access)
        case .memoryWrite(let access): noteWrite(access)
        default: break
        }
    }

    /// The queue whose used ring is at an address; nil if none is known to be there.
    func queue(withUsedRingAt address: GuestPhysicalAddress) -> Queue? {
        usedRings.first { $0.value == address.rawValue }?.key
    }

    private mutating func noteWrite(_ access: MemoryAccess) {
        guard let device = devices.virtioDevice(at: access.address) else { return }
        let offset = access.address.rawValue - device.base
        let queue = Queue(device: device, number: selected[device.base] ?? 0)
        let isWhole = access.length == 8
        switch VirtioCommonRegister(rawValue: offset) {
        case .queueSelect: selected[device.base] = UInt16(truncatingIfNeeded: access.value)
        case .queueDevice where isWhole: usedRings[queue] = access.value
        case .queueDevice: usedRings[queue] = usedRings[queue, default: 0] & ~0xFFFF_FFFF | access.value & 0xFFFF_FFFF
        case .queueDeviceHigh:
            usedRings[queue] = usedRings[queue, default: 0] & 0xFFFF_FFFF | (access.value & 0xFFFF_FFFF) << 32
        case .deviceStatus where access.value == 0: usedRings = usedRings.filter { $0.key.device != device }
        default: break
        }
    }
}
