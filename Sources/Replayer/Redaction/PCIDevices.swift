internal import Platform
internal import TraceFormat
internal import X86

/// What a guest has learnt of its PCI devices, by following its accesses to configuration space.
struct PCIDevices {
    /// A register of a function.
    private struct Place: Hashable {
        var function: PCIAddress
        var register: UInt8
    }

    /// Bytes that a virtio device answers at, at most.
    private static let windowSize: UInt64 = 64 << 10

    /// What the guest has chosen last.
    private var address = PCIConfigurationAddress(rawValue: 0)
    /// Device and vendor numbers of the functions.
    private var identities: [PCIAddress: UInt32] = [:]
    /// What the guest has seen or put in a base address register.
    private var bases: [Place: UInt64] = [:]

    /// Takes a value that the guest was given.
    mutating func noteRead(_ access: PortAccess) {
        guard let place = place(of: access) else { return }
        if place.register == PCIRegister.vendor.rawValue, access.size == .doubleword {
            identities[place.function] = access.value
        }
        noteBase(place, access)
    }

    /// Takes a value that the guest gave.
    mutating func noteWrite(_ access: PortAccess) {
        if access.port.rawValue == PCIConfigurationPort.address, access.size == .doubleword {
            address = PCIConfigurationAddress(rawValue: access.value)
        }
        guard let place = place(of: access) else { return }
        noteBase(place, access)
    }

    /// What the device that answers at an address gives; nil where none is known, or it is none of ours.
    func kind(of address: GuestPhysicalAddress) -> InputKind? {
        let owner = bases.filter { $0.value <= address.rawValue && address.rawValue - $0.value < Self.windowSize }
            .max { $0.value < $1.value }
        guard let identity = owner.flatMap({ identities[$0.key.function] }) else { return nil }
        return Self.kind(vendor: UInt16(truncatingIfNeeded: identity), device: UInt16(identity >> 16))
    }

    private static func kind(vendor: UInt16, device: UInt16) -> InputKind? {
        guard vendor == VirtioDeviceType.pciVendor, let type = VirtioDeviceType(pciDevice: device) else { return nil }
        return switch type {
        case .network: .network
        case .block: .disk
        case .console: .console
        case .entropy: .random
        }
    }

    /// The function and register that an access to the data ports means.
    private func place(of access: PortAccess) -> Place? {
        let offset = access.port.rawValue &- PCIConfigurationPort.data
        guard offset < 4, address.isEnabled else { return nil }
        return Place(function: address.function, register: address.register(atDataOffset: offset))
    }

    private mutating func noteBase(_ place: Place, _ access: PortAccess) {
        guard PCIRegister.baseAddresses.contains(place.register), access.size == .doubleword else { return }
        // All ones, and what is read after they were written, are a question for the size.
        guard access.value >> 16 != 0xFFFF, access.value >> 4 != 0 else { return }
        bases[place] = UInt64(access.value & ~0xF)
    }
}
