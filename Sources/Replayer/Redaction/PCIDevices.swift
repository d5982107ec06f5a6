internal import Platform
internal import TraceFormat
internal import X86

/// What a guest has learnt about its PCI devices, found by following its accesses to configuration space.
struct PCIDevices {
    /// A configuration register of a PCI function.
    private struct Place: Hashable {
        var function: PCIAddress
        var register: UInt8
    }

    /// The largest number of bytes at which a virtio device answers.
    private static let windowSize: UInt64 = 64 << 10

    /// The configuration address that the guest has chosen last.
    private var address = PCIConfigurationAddress(rawValue: 0)
    /// Device and vendor IDs of the functions.
    private var identities: [PCIAddress: UInt32] = [:]
    /// The values that the guest has read from or written to base address registers.
    private var bases: [Place: UInt64] = [:]

    /// Notes a value that the guest has read.
    mutating func noteRead(_ access: PortAccess) {
        guard let place = place(of: access) else { return }
        if place.register == PCIRegister.vendor.rawValue, access.size == .doubleword {
            identities[place.function] = access.value
        }
        noteBase(place, access)
    }

    /// Notes a value that the guest has written.
    mutating func noteWrite(_ access: PortAccess) {
        if access.port.rawValue == PCIConfigurationPort.address, access.size == .doubleword {
            address = PCIConfigurationAddress(rawValue: access.value)
        }
        guard let place = place(of: access) else { return }
        noteBase(place, access)
    }

    /// A virtio device that the guest has found.
    struct VirtioDevice: Hashable {
        var type: VirtioDeviceType
        /// Where it answers.
        var base: UInt64
    }

    /// The virtio device at an address; nil if none is known there.
    func virtioDevice(at address: GuestPhysicalAddress) -> VirtioDevice? {
        let owner = bases.filter { $0.value <= address.rawValue && address.rawValue - $0.value < Self.windowSize }
            .max { $0.value < $1.value }
        guard let owner, let identity = identities[owner.key.function],
            UInt16(truncatingIfNeeded: identity) == VirtioDeviceType.pciVendor,
            let type = VirtioDeviceType(pciDevice: UInt16(identity >> 16))
        else { return nil }
        return VirtioDevice(type: type, base: owner.value)
    }

    /// The function and register that an access to the data ports refers to.
    private func place(of access: PortAccess) -> Place? {
        let offset = access.port.rawValue &- PCIConfigurationPort.data
        guard offset < 4, address.isEnabled else { return nil }
        return Place(function: address.function, register: address.register(atDataOffset: offset))
    }

    private mutating func noteBase(_ place: Place, _ access: PortAccess) {
        guard PCIRegister.baseAddresses.contains(place.register), access.size == .doubleword else { return }
        // A write of all ones, and the read that follows it, ask for the size of the region.
        guard access.value >> 16 != 0xFFFF, access.value >> 4 != 0 else { return }
        bases[place] = UInt64(access.value & ~0xF)
    }
}
