import X86

/// The bridge from PCI to ISA in Intel's PIIX3, device 1 of bus 0. It routes the four interrupt lines of PCI to lines
/// of the interrupt controllers (82371SB data sheet, chapter 4.1).
public struct ISABridgePIIX3: Sendable {
    /// What the bridge remembers: its configuration space.
    public struct State: Hashable, Sendable {
        var function: PCIFunction.State
    }

    /// PIRQRC[A:D] (4.1.10).
    public static let firstRoute: UInt8 = 0x60
    /// In a route: disabled.
    private static let routeDisabled: UInt8 = 0x80

    /// The configuration space.
    public var function: PCIFunction

    /// The bridge after reset, with all routes of PCI interrupt lines disabled.
    public init() {
        function = PCIFunction(
            identity: .init(vendor: 0x8086, device: 0x7000, classCode: 0x06_01_00),
            isMultifunction: true
        )
        for route in Self.firstRoute..<Self.firstRoute + 4 {
            function.set(route, Self.routeDisabled)
            function.allowWriting(route, UInt8(0x8F))
        }
        // XBCS, which decides which chip selects answer. Firmware writes it, but nothing here depends on it.
        function.allowWriting(0x4E, UInt16.max)
    }

    /// The bridge as it was.
    public init(state: State) { function = PCIFunction(state: state.function) }

    /// What the bridge remembers.
    public var state: State { State(function: function.state) }

    /// The interrupt controllers' line for a device's pin, 1 to 4 for INTA# to INTD#; nil if there is none.
    ///
    /// The pins are wired so that neighbouring devices use different lines.
    public func interruptLine(device: UInt8, pin: UInt8) -> Int? {
        guard 1...4 ~= pin else { return nil }
        let line = (device &+ pin &- 2) & 3
        let route = UInt8(truncatingIfNeeded: function.read(at: Self.firstRoute + line, .byte))
        return route & Self.routeDisabled == 0 ? Int(route & 0xF) : nil
    }
}
