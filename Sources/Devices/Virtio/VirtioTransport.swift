public import Platform

/// What all virtio devices share: a PCI function with the virtio capabilities, the common configuration, queues and an
/// interrupt (Virtual I/O Device 1.2, 4.1). Legacy drivers and MSI-X are not supported.
///
/// A device that finds invalid content in its queues sets DEVICE_NEEDS_RESET and does not touch them again until it is
/// reset.
public struct VirtioTransport: Sendable {
    /// The kind of device (5).
    public typealias DeviceType = VirtioDeviceType

    /// The device status field (2.1).
    public struct Status: OptionSet, Hashable, Sendable {
        /// The bits as the guest sees them.
        public let rawValue: UInt8
        /// Bits as the guest sees them.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// The guest has noticed the device.
        public static let acknowledge = Self(rawValue: 1 << 0)
        /// The guest has a driver for it.
        public static let driver = Self(rawValue: 1 << 1)
        /// The driver is ready.
        public static let driverOK = Self(rawValue: 1 << 2)
        /// The driver has chosen features, and the device accepts them.
        public static let featuresOK = Self(rawValue: 1 << 3)
        /// Something is wrong with the queues, and only a reset helps.
        public static let needsReset = Self(rawValue: 1 << 6)
        /// The driver has given up.
        public static let failed = Self(rawValue: 1 << 7)
    }

    /// Why the device interrupts (4.1.4.5).
    struct InterruptStatus: OptionSet, Hashable {
        let rawValue: UInt8
        static let queue = Self(rawValue: 1 << 0)
        static let configuration = Self(rawValue: 1 << 1)
    }

    /// Everything that the transport remembers.
    public struct State: Hashable, Sendable {
        var function: PCIFunction.State
        var registers: Registers
    }

    /// The registers in the memory of the base address register.
    struct Registers: Hashable, Sendable {
        var offeredFeatures: UInt64
        var deviceFeatureSelect: UInt32 = 0
        var driverFeatureSelect: UInt32 = 0
        var driverFeatures: UInt64 = 0
        var status: Status = []
        var queueSelect: UInt16 = 0
        var queues: [VirtioQueue]
        var interruptStatus: InterruptStatus = []
        /// The device's own configuration, read only.
        var configuration: [UInt8]
        /// Counts the changes of the configuration, so that a driver notices one that comes while it reads.
        var configurationGeneration: UInt8 = 0
    }

    /// The number of the base address register for the memory of all structures.
    public static let baseAddress = 0

    /// The size of that memory in bytes.
    public static let byteCount: UInt32 = 0x4000

    /// VIRTIO_F_VERSION_1, which every driver must accept.
    static let version1: UInt64 = 1 << 32

    /// The configuration space.
    public var function: PCIFunction
    var registers: Registers

    /// A device of a type after reset.
    init(
        type: DeviceType,
        classCode: UInt32,
        features: UInt64,
        queueSizes: [UInt16],
        configuration: [UInt8]
    ) {
        function = PCIFunction(
            identity: .init(
                vendor: DeviceType.pciVendor,
                device: type.pciDevice,
                revision: 1,
                classCode: classCode,
                subsystem: 0x1100
            ),
            baseAddresses: [Self.baseAddress: .memory(size: Self.byteCount)],
            interruptPin: 1
        )
        registers = Registers(
            offeredFeatures: features | Self.version1,
            queues: queueSizes.map { VirtioQueue(maximumSize: $0) },
            configuration: configuration
        )
        addCapabilities()
    }

    /// A transport as it was.
    public init(state: State) {
        function = PCIFunction(state: state.function)
        registers = state.registers
    }

    /// What the transport remembers.
    public var state: State { State(function: function.state, registers: registers) }

    /// The device status, as the guest sees it.
    public var status: Status { registers.status }

    /// The function's INTA#, level-triggered.
    public var interruptLine: Bool {
        !registers.interruptStatus.isEmpty && !function.command.contains(.interruptDisable)
    }

    /// Whether the driver may have put something into the queues.
    var isServing: Bool {
        registers.status.contains(.driverOK) && !registers.status.contains(.needsReset)
            && function.command.contains(.busMaster)
    }

    func accepts(_ feature: UInt64) -> Bool { registers.driverFeatures & feature != 0 }

    /// The queues, or the buffers in them, are invalid.
    mutating func requireReset() {
        registers.status.insert(.needsReset)
        if registers.status.contains(.driverOK) { registers.interruptStatus.insert(.configuration) }
    }

    /// Changes a byte of the device's own configuration, and tells the driver.
    mutating func changeConfiguration(at place: Int, to value: UInt8) {
        registers.configuration[place] = value
        registers.configurationGeneration &+= 1
        if registers.status.contains(.driverOK) { registers.interruptStatus.insert(.configuration) }
    }

    /// Resets everything except the device's identity and configuration, as a driver's reset does.
    mutating func reset() {
        registers.deviceFeatureSelect = 0
        registers.driverFeatureSelect = 0
        registers.driverFeatures = 0
        registers.status = []
        registers.queueSelect = 0
        registers.queues = registers.queues.map { VirtioQueue(maximumSize: $0.maximumSize) }
        registers.interruptStatus = []
    }

    /// How many bytes the device can write to the next buffer that the driver offers; 0 if it offers none.
    mutating func nextRoom(queue number: Int, _ memory: inout some GuestMemoryAccess) -> UInt64 {
        guard isServing, registers.queues.indices.contains(number) else { return 0 }
        do throws(VirtioQueue.Fault) {
            // Taking from a copy leaves the queue unchanged.
            var queue = registers.queues[number]
            return try queue.take(&memory)?.writable.byteCount ?? 0
        } catch {
            requireReset()
            return 0
        }
    }

    /// Serves every buffer in a queue. `body` uses one and returns how many bytes it wrote into it, or nil to leave it
    /// and the rest for later. Serves at most as many buffers as the queue has descriptors.
    mutating func serve<Memory: GuestMemoryAccess>(
        queue number: Int,
        _ memory: inout Memory,
        _ body: (inout VirtioBuffer, inout Memory) throws(VirtioQueue.Fault) -> UInt32?
    ) {
        guard isServing, registers.queues.indices.contains(number) else { return }
        do throws(VirtioQueue.Fault) {
            for _ in 0..<registers.queues[number].size {
                let before = registers.queues[number]
                guard var buffer = try registers.queues[number].take(&memory) else { return }
                guard let written = try body(&buffer, &memory) else {
                    registers.queues[number] = before
                    return
                }
                let interrupts = try registers.queues[number].give(back: buffer, written: written, &memory)
                if interrupts { registers.interruptStatus.insert(.queue) }
            }
        } catch {
            requireReset()
        }
    }
}
