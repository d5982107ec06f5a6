internal import Devices
internal import Platform
internal import X86

/// PCI bus 0: the configuration ports and the devices that they reach.
struct PCIBus: Sendable {
    /// A function on the bus.
    enum Slot: Hashable {
        case hostBridge, isaBridge, ide, power, console, entropy, network
        case disk(Int)

        /// The slot at an address; nil if it is empty.
        init?(_ address: PCIAddress, diskCount: Int, hasNetwork: Bool) {
            switch address {
            case .hostBridge: self = .hostBridge
            case .isaBridge: self = .isaBridge
            case .ide: self = .ide
            case .powerManagement: self = .power
            case PCIAddress(device: 2): self = .console
            case PCIAddress(device: 3): self = .entropy
            case PCIAddress(device: 31) where hasNetwork: self = .network
            default:
                let number = Int(address.device) - Self.firstDisk
                guard address.bus == 0, address.function == 0, 0..<diskCount ~= number else { return nil }
                self = .disk(number)
            }
        }

        /// The device number of a virtio device.
        var device: UInt8 {
            switch self {
            case .hostBridge: 0
            case .isaBridge, .ide, .power: 1
            case .console: 2
            case .entropy: 3
            case .disk(let number): UInt8(Self.firstDisk + number)
            case .network: 31
            }
        }

        private static let firstDisk = 4
    }

    /// A queue that a driver has filled.
    struct Notification {
        let slot: Slot
        let queue: Int
    }

    /// The most virtio disks: there are no device numbers for more.
    static let maximumDiskCount = 27

    private var ports = PCIConfigurationPorts()
    var hostBridge = HostBridge440FX()
    var isaBridge = ISABridgePIIX3()
    var ide: IDEController
    var power = PowerManagementPIIX4()
    var console = VirtioConsole()
    var entropy = VirtioEntropy()
    var disks: [VirtioBlock]
    /// The network card. Nothing has its slot if there is none.
    var network: VirtioNetwork?

    init(ide: IDEController, disks: [VirtioBlock], network: VirtioNetwork? = nil) {
        self.ide = ide
        self.disks = disks
        self.network = network
    }

    /// All the slots that have virtio devices.
    var virtioSlots: [Slot] {
        [.console, .entropy] + disks.indices.map { .disk($0) } + (network == nil ? [] : [.network])
    }

    /// The function at an address; nil if there is none.
    private func slot(_ address: PCIAddress) -> Slot? {
        Slot(address, diskCount: disks.count, hasNetwork: network != nil)
    }

    /// The part of a virtio device that all virtio devices have.
    subscript(virtio slot: Slot) -> VirtioTransport? {
        get {
            switch slot {
            case .console: console.transport
            case .entropy: entropy.transport
            case .disk(let number): disks[number].transport
            case .network: network?.transport
            default: nil
            }
        }
    }

    private mutating func withVirtio<Result>(_ slot: Slot, _ body: (inout VirtioTransport) -> Result) -> Result? {
        switch slot {
        case .console: body(&console.transport)
        case .entropy: body(&entropy.transport)
        case .disk(let number): body(&disks[number].transport)
        case .network: body(&network!.transport)
        default: nil
        }
    }

    /// The interrupt controllers' lines that the functions with an INTx# pin assert.
    var interruptLines: UInt32 {
        var lines: UInt32 = 0
        for slot in virtioSlots where self[virtio: slot]?.interruptLine == true {
            if let line = isaBridge.interruptLine(device: slot.device, pin: 1) { lines |= 1 << UInt32(line) }
        }
        return lines
    }

    /// The lines to which the virtio devices are routed.
    var virtioLines: UInt32 {
        virtioSlots.reduce(0) { lines, slot in
            isaBridge.interruptLine(device: slot.device, pin: 1).map { lines | 1 << UInt32($0) } ?? lines
        }
    }
}

// MARK: Configuration space

extension PCIBus {
    /// Answers a read of a configuration port; nil if the access is to none.
    mutating func read(_ port: Port, _ size: AccessSize) -> UInt32? {
        if port.rawValue == PCIConfigurationPort.address, size == .doubleword { return ports.readAddress() }
        guard let offset = Self.dataOffset(port, size) else { return nil }
        let ones = UInt32(truncatingIfNeeded: size.mask)
        guard let target = ports.target(atDataOffset: offset), let slot = slot(target.address) else { return ones }
        return withVirtio(slot) { $0.readConfiguration(at: target.register, size) }
            ?? self[slot].read(at: target.register, size)
    }

    /// What a write to a configuration port did.
    enum Written {
        /// The access was not to a configuration port.
        case nothing
        /// The guest chose what the data port refers to.
        case address
        /// Configuration space changed: where devices answer, or how their interrupts are routed.
        case configuration(Notification?)
    }

    /// Handles a write to a configuration port.
    mutating func write(_ port: Port, _ size: AccessSize, _ value: UInt32) -> Written {
        if port.rawValue == PCIConfigurationPort.address, size == .doubleword {
            ports.writeAddress(value)
            return .address
        }
        guard let offset = Self.dataOffset(port, size) else { return .nothing }
        guard let target = ports.target(atDataOffset: offset), let slot = slot(target.address) else { return .address }
        guard let queue = withVirtio(slot, { $0.writeConfiguration(at: target.register, size, value) }) else {
            self[slot].write(at: target.register, size, value)
            return .configuration(nil)
        }
        return .configuration(queue.map { Notification(slot: slot, queue: $0) })
    }

    /// The offset of an access in the data port's four bytes; nil if it reaches outside them.
    private static func dataOffset(_ port: Port, _ size: AccessSize) -> UInt16? {
        guard port.rawValue >= PCIConfigurationPort.data else { return nil }
        let offset = port.rawValue - PCIConfigurationPort.data
        return Int(offset) + size.byteCount <= 4 ? offset : nil
    }

    /// The configuration space of a slot.
    subscript(slot: Slot) -> PCIFunction {
        get {
            switch slot {
            case .hostBridge: hostBridge.function
            case .isaBridge: isaBridge.function
            case .ide: ide.function
            case .power: power.function
            case .console: console.transport.function
            case .entropy: entropy.transport.function
            case .disk(let number): disks[number].transport.function
            case .network: network!.transport.function
            }
        }
        _modify {
            switch slot {
            case .hostBridge: yield &hostBridge.function
            case .isaBridge: yield &isaBridge.function
            case .ide: yield &ide.function
            case .power: yield &power.function
            case .console: yield &console.transport.function
            case .entropy: yield &entropy.transport.function
            case .disk(let number): yield &disks[number].transport.function
            case .network: yield &network!.transport.function
            }
        }
    }
}

// MARK: Memory

extension PCIBus {
    /// A range of addresses at which a device answers.
    struct Window: Hashable {
        let start: UInt64
        let slot: Slot

        func contains(_ address: UInt64) -> Bool {
            address >= start && address - start < UInt64(VirtioTransport.byteCount)
        }
    }

    /// Where devices answer now.
    var windows: [Window] {
        virtioSlots.compactMap { slot in
            self[virtio: slot]?.function.baseAddress(VirtioTransport.baseAddress).map {
                Window(start: UInt64($0), slot: slot)
            }
        }
    }

    /// Reads within a window.
    mutating func read(_ window: Window, at address: UInt64, _ size: AccessSize) -> UInt64 {
        withVirtio(window.slot) { $0.read(at: address - window.start, size) } ?? size.mask
    }

    /// Writes within a window.
    mutating func write(_ window: Window, at address: UInt64, _ size: AccessSize, _ value: UInt64) -> Notification? {
        guard let queue = withVirtio(window.slot, { $0.write(at: address - window.start, size, value) }) else {
            return nil
        }
        return queue.map { Notification(slot: window.slot, queue: $0) }
    }
}
