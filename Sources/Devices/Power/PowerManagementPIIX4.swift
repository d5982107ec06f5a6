internal import Platform
import X86

/// The configuration space of the PIIX4's power management, function 3 of device 1. It says where the ports of
/// ``PowerManagement`` are (82371AB data sheet, chapter 7.1).
public struct PowerManagementPIIX4: Sendable {
    /// What the function remembers: its configuration space.
    public struct State: Hashable, Sendable {
        var function: PCIFunction.State
    }

    /// APMC_EN: if it is set, firmware assumes that its system management mode, which does not exist here, is set up.
    private static let managementEnabled: UInt32 = 1 << 25

    /// The configuration space.
    public var function: PCIFunction

    /// The function after reset: its ports are closed.
    public init() {
        function = PCIFunction(
            identity: .init(vendor: 0x8086, device: 0x7113, revision: 3, classCode: 0x06_80_00),
            interruptPin: 1
        )
        function.set(PowerFunctionRegister.base, UInt32(1))
        function.allowWriting(PowerFunctionRegister.base, UInt32(PowerRegister.baseMask))
        function.set(PowerFunctionRegister.activityB, Self.managementEnabled)
        function.allowWriting(PowerFunctionRegister.miscellaneous, UInt8(1))
    }

    /// The function as it was.
    public init(state: State) { function = PCIFunction(state: state.function) }

    /// What the function remembers.
    public var state: State { State(function: function.state) }

    /// The first port of ``PowerManagement``; nil if the ports are closed.
    public var portBase: UInt16? {
        guard function.read(at: PowerFunctionRegister.miscellaneous, .byte) & 1 != 0 else { return nil }
        let base =
            UInt16(truncatingIfNeeded: function.read(at: PowerFunctionRegister.base, .word)) & PowerRegister.baseMask
        return base == 0 ? nil : base
    }
}
