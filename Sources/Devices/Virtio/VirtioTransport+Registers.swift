internal import ByteCoding
internal import Platform
public import X86

extension VirtioTransport {
    /// The structures, each at the start of its own quarter of the memory.
    enum Structure: UInt64 {
        case common = 0x0000
        case interruptStatus = 0x1000
        case device = 0x2000
        case notification = 0x3000

        static let size: UInt64 = 0x1000

        /// cfg_type (4.1.4).
        var capabilityType: UInt8 {
            switch self {
            case .common: 1
            case .notification: 2
            case .interruptStatus: 3
            case .device: 4
            }
        }
    }

    /// The vendor-specific capability.
    static let vendorCapability: UInt8 = 0x09
    /// VIRTIO_MSI_NO_VECTOR.
    private static let noVector: UInt64 = 0xFFFF
    /// How many bytes apart the notification addresses of two queues are.
    private static let notifyMultiplier: UInt64 = 4

    /// Adds the capabilities that say where the structures are in the memory of the base address register.
    mutating func addCapabilities() {
        add(.common, at: 0x40, byteCount: UInt32(VirtioCommonRegister.byteCount))
        add(.interruptStatus, at: 0x50, byteCount: 1)
        if !registers.configuration.isEmpty {
            add(.device, at: 0x60, byteCount: UInt32(registers.configuration.count))
        }
        let notifications = UInt32(Self.notifyMultiplier) * UInt32(registers.queues.count)
        add(
            .notification,
            at: 0x70,
            byteCount: notifications,
            extra: LittleEndian.bytes(of: UInt32(Self.notifyMultiplier))
        )
        addAccessCapability()
    }

    private mutating func add(_ structure: Structure, at place: UInt8, byteCount: UInt32, extra: [UInt8] = []) {
        let head: [UInt8] = [UInt8(16 + extra.count), structure.capabilityType, UInt8(Self.baseAddress), 0, 0, 0]
        let offset = LittleEndian.bytes(of: UInt32(structure.rawValue))
        let contents = head + offset + LittleEndian.bytes(of: byteCount) + extra
        function.addCapability(Self.vendorCapability, at: place, contents: contents)
    }

    /// Reads within the memory of the structures. Reading the interrupt status clears it.
    public mutating func read(at offset: UInt64, _ size: AccessSize) -> UInt64 {
        let place = offset % Structure.size
        switch Structure(rawValue: offset - place) {
        case .common: return readCommon(place, size)
        case .interruptStatus:
            guard place == 0 else { return 0 }
            defer { registers.interruptStatus = [] }
            return UInt64(registers.interruptStatus.rawValue)
        case .device: return readConfiguration(place, size)
        case .notification, nil: return 0
        }
    }

    /// Writes within the memory of the structures; returns the number of a queue for which the driver announces
    /// buffers.
    public mutating func write(at offset: UInt64, _ size: AccessSize, _ value: UInt64) -> Int? {
        let place = offset % Structure.size
        switch Structure(rawValue: offset - place) {
        case .common:
            writeCommon(place, size, value)
            return nil
        case .notification:
            let queue = Int(place / Self.notifyMultiplier)
            return registers.queues.indices.contains(queue) ? queue : nil
        case .interruptStatus, .device, nil: return nil
        }
    }

    private func readConfiguration(_ place: UInt64, _ size: AccessSize) -> UInt64 {
        LittleEndian.number(byteCount: size.byteCount) { index in
            let position = Int(place) + index
            return position < registers.configuration.count ? registers.configuration[position] : 0
        }
    }

    private var selectedQueue: VirtioQueue? {
        let number = Int(registers.queueSelect)
        return registers.queues.indices.contains(number) ? registers.queues[number] : nil
    }

    /// Reads any bytes of the common configuration.
    private func readCommon(_ place: UInt64, _ size: AccessSize) -> UInt64 {
        let word = place & ~3
        let value = UInt64(commonWord(word)) | UInt64(commonWord(word + 4)) << 32
        return value >> (8 * (place & 3)) & size.mask
    }

    private func commonWord(_ place: UInt64) -> UInt32 {
        let queue = selectedQueue
        let value: UInt64
        switch VirtioCommonRegister(rawValue: place) {
        case .deviceFeatureSelect: value = UInt64(registers.deviceFeatureSelect)
        case .deviceFeature: value = Self.half(registers.offeredFeatures, registers.deviceFeatureSelect)
        case .driverFeatureSelect: value = UInt64(registers.driverFeatureSelect)
        case .driverFeature: value = Self.half(registers.driverFeatures, registers.driverFeatureSelect)
        case .configurationVector: value = Self.noVector | UInt64(registers.queues.count) << 16
        case .deviceStatus:
            value =
                UInt64(registers.status.rawValue) | UInt64(registers.configurationGeneration) << 8
                | UInt64(registers.queueSelect) << 16
        case .queueSize: value = UInt64(queue?.size ?? 0) | Self.noVector << 16
        case .queueEnable:
            value = (queue?.isEnabled == true ? 1 : 0) | (queue == nil ? 0 : UInt64(registers.queueSelect) << 16)
        case .queueDescriptors: value = queue?.descriptors ?? 0
        case .queueDescriptorsHigh: value = (queue?.descriptors ?? 0) >> 32
        case .queueDriver: value = queue?.available ?? 0
        case .queueDriverHigh: value = (queue?.available ?? 0) >> 32
        case .queueDevice: value = queue?.used ?? 0
        case .queueDeviceHigh: value = (queue?.used ?? 0) >> 32
        default: value = 0
        }
        return UInt32(truncatingIfNeeded: value)
    }

    private static func half(_ features: UInt64, _ select: UInt32) -> UInt64 {
        select < 2 ? features >> UInt64(32 * select) & 0xFFFF_FFFF : 0
    }

    /// Writes a register of the common configuration; a 64-bit one as a whole or by halves.
    private mutating func writeCommon(_ place: UInt64, _ size: AccessSize, _ value: UInt64) {
        if size == .quadword {
            writeCommon(place, .doubleword, value & 0xFFFF_FFFF)
            writeCommon(place + 4, .doubleword, value >> 32)
            return
        }
        let word = UInt16(truncatingIfNeeded: value)
        switch VirtioCommonRegister(rawValue: place) {
        case .deviceFeatureSelect: registers.deviceFeatureSelect = UInt32(truncatingIfNeeded: value)
        case .driverFeatureSelect: registers.driverFeatureSelect = UInt32(truncatingIfNeeded: value)
        case .driverFeature: writeFeatures(UInt32(truncatingIfNeeded: value))
        case .deviceStatus: writeStatus(Status(rawValue: UInt8(truncatingIfNeeded: value)))
        case .queueSelect: registers.queueSelect = word
        case .queueSize: change { if (1...$0.maximumSize) ~= word, word.nonzeroBitCount == 1 { $0.size = word } }
        case .queueEnable: if word == 1 { change { $0.isEnabled = true } }
        case .queueDescriptors: change { Self.set(&$0.descriptors, low: value) }
        case .queueDescriptorsHigh: change { Self.set(&$0.descriptors, high: value) }
        case .queueDriver: change { Self.set(&$0.available, low: value) }
        case .queueDriverHigh: change { Self.set(&$0.available, high: value) }
        case .queueDevice: change { Self.set(&$0.used, low: value) }
        case .queueDeviceHigh: change { Self.set(&$0.used, high: value) }
        case .deviceFeature, .configurationVector, .queueCount, .configurationGeneration, .queueVector,
            .queueNotifyOffset, nil:
            break
        }
    }

    /// An enabled queue cannot be changed.
    private mutating func change(_ change: (inout VirtioQueue) -> Void) {
        let number = Int(registers.queueSelect)
        guard registers.queues.indices.contains(number), !registers.queues[number].isEnabled else { return }
        change(&registers.queues[number])
    }

    private static func set(_ address: inout UInt64, low: UInt64) {
        address = address & ~0xFFFF_FFFF | low & 0xFFFF_FFFF
    }

    private static func set(_ address: inout UInt64, high: UInt64) {
        address = address & 0xFFFF_FFFF | high << 32
    }

    private mutating func writeFeatures(_ value: UInt32) {
        guard !registers.status.contains(.featuresOK), registers.driverFeatureSelect < 2 else { return }
        if registers.driverFeatureSelect == 0 {
            Self.set(&registers.driverFeatures, low: UInt64(value))
        } else {
            Self.set(&registers.driverFeatures, high: UInt64(value))
        }
    }

    private mutating func writeStatus(_ written: Status) {
        guard written != [] else { return reset() }
        // Only the device may report that it needs a reset.
        var status = written.subtracting(.needsReset).union(registers.status.intersection(.needsReset))
        let isSubset = registers.driverFeatures & ~registers.offeredFeatures == 0
        // The device accepts only features that it offered, and only drivers that are not legacy ones.
        if !registers.status.contains(.featuresOK), !isSubset || !accepts(Self.version1) { status.remove(.featuresOK) }
        if !status.contains(.featuresOK) { status.remove(.driverOK) }
        registers.status = status
    }
}
