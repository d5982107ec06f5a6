internal import TraceFormat
internal import X86

/// What a guest has learnt of its PCI devices, by following its accesses to configuration space.
struct PCIDevices {
    private static let addressPort: UInt16 = 0xCF8
    private static let dataPorts: ClosedRange<UInt16> = 0xCFC...0xCFF
    private static let baseAddresses: ClosedRange<UInt32> = 0x10...0x24
    private static let virtioVendor: UInt32 = 0x1AF4
    /// Bytes that a virtio device answers at, at most.
    private static let windowSize: UInt64 = 64 << 10

    /// What the guest has chosen last: enable bit, bus, device, function, register.
    private var address: UInt32 = 0
    /// Device and vendor numbers of the functions.
    private var identities: [UInt32: UInt32] = [:]
    /// What the guest has seen or put in a base address register, by function and register.
    private var bases: [UInt32: UInt64] = [:]

    /// Takes a value that the guest was given.
    mutating func noteRead(_ access: PortAccess) {
        guard let register = register(of: access) else { return }
        if register & 0xFF == 0, access.size == .doubleword { identities[register >> 8] = access.value }
        noteBase(register, access)
    }

    /// Takes a value that the guest gave.
    mutating func noteWrite(_ access: PortAccess) {
        if access.port.rawValue == Self.addressPort, access.size == .doubleword { address = access.value }
        guard let register = register(of: access) else { return }
        noteBase(register, access)
    }

    /// What the device that answers at an address gives; nil where none is known, or it is none of ours.
    func kind(of address: GuestPhysicalAddress) -> InputKind? {
        let owner = bases.filter { $0.value <= address.rawValue && address.rawValue - $0.value < Self.windowSize }
            .max { $0.value < $1.value }
        guard let identity = owner.flatMap({ identities[$0.key >> 8] }) else { return nil }
        return Self.kind(vendor: identity & 0xFFFF, device: identity >> 16)
    }

    /// The kinds of virtio devices (Virtual I/O Device 1.2, 4.1.2 and 5); transitional ones have numbers of their own.
    private static func kind(vendor: UInt32, device: UInt32) -> InputKind? {
        guard vendor == virtioVendor else { return nil }
        switch device {
        case 0x1041, 0x1000: return .network
        case 0x1042, 0x1001: return .disk
        case 0x1043, 0x1003: return .console
        case 0x1044, 0x1005: return .random
        default: return nil
        }
    }

    /// The function and register that an access to the data ports means.
    private func register(of access: PortAccess) -> UInt32? {
        guard Self.dataPorts.contains(access.port.rawValue), address >> 31 == 1 else { return nil }
        return (address & 0x00FF_FFFC) + UInt32(access.port.rawValue - Self.dataPorts.lowerBound)
    }

    private mutating func noteBase(_ register: UInt32, _ access: PortAccess) {
        guard Self.baseAddresses.contains(register & 0xFF), access.size == .doubleword else { return }
        // All ones, and what is read after they were written, are a question for the size.
        guard access.value >> 16 != 0xFFFF, access.value >> 4 != 0 else { return }
        bases[register] = UInt64(access.value & ~0xF)
    }
}
