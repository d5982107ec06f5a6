public import X86

/// An access to a port or an address where there is no device.
public struct UnclaimedAccess: Hashable, Sendable, CustomStringConvertible {
    /// Where it went.
    public enum Place: Hashable, Sendable {
        /// A port.
        case port(Port)
        /// An address, rounded down to its page.
        case page(GuestPhysicalAddress)
    }

    /// Where it went.
    public let place: Place
    /// Whether it was a write.
    public let isWrite: Bool

    /// The access and its place.
    public var description: String {
        let word = isWrite ? "writes to" : "reads of"
        switch place {
        case .port(let port): return "\(word) port 0x\(String(port.rawValue, radix: 16))"
        case .page(let address): return "\(word) the page at \(address)"
        }
    }
}

/// How often a guest accessed places that nothing claims.
struct UnclaimedLog: Sendable {
    /// The most places that are counted, because a guest can try them all.
    private static let limit = 10_000
    private static let pageMask: UInt64 = ~0xFFF

    private(set) var counts: [UnclaimedAccess: Int] = [:]

    mutating func note(_ port: UInt16, isWrite: Bool) {
        note(UnclaimedAccess(place: .port(Port(port)), isWrite: isWrite))
    }

    mutating func note(_ address: GuestPhysicalAddress, isWrite: Bool) {
        let page = GuestPhysicalAddress(address.rawValue & Self.pageMask)
        note(UnclaimedAccess(place: .page(page), isWrite: isWrite))
    }

    private mutating func note(_ access: UnclaimedAccess) {
        guard counts[access] != nil || counts.count < Self.limit else { return }
        counts[access, default: 0] += 1
    }
}
