internal import Devices
internal import Platform
internal import X86

/// The interrupt controllers and the wires to them: the 8259 pair with its output at LINT0, and the I/O APIC.
///
/// The local APIC starts in virtual wire mode, as firmware leaves it. So guests that know only the 8259 pair get its
/// interrupts.
struct InterruptLines {
    /// The I/O APIC's pin for the timer. Pin 0 belongs to the 8259 pair.
    static let timerPin = 2

    var controller = InterruptController8259() { didSet { updateRequest() } }
    var ioAPIC = IOAPIC()
    var localAPIC = LocalAPIC() { didSet { updateRequest() } }
    /// Whether an interrupt waits for the processor. It is read at every exit, so everything that changes it updates
    /// it.
    private(set) var isRequested = false
    /// The levels of the lines, as the ISA devices and as the PCI devices drive them.
    private var isaLevels: UInt32 = 0
    private var pciLevels: UInt32 = 0
    /// IA32_APIC_BASE.
    private(set) var base = APICBase.reset
    /// A message or a pin requested a non-maskable interrupt, or a reset of the processor.
    private var wantsNonMaskable = false
    private var wantsReset = false

    init() {
        // Enabled, with the pair's interrupts and the non-maskable interrupt unmasked (MP Specification 1.4, 3.6.2.2).
        let written: [(LocalAPICRegister, UInt64)] = [(.spurious, 0x1FF), (.lint0Entry, 0x700), (.lint1Entry, 0x400)]
        for (register, value) in written {
            _ = localAPIC.write(at: UInt64(register.rawValue), .doubleword, value, now: .start)
        }
    }

    private mutating func updateRequest() {
        isRequested = localAPIC.interruptLine || controller.interruptLine && localAPIC.passesExternalInterrupts
    }

    /// The processor takes the interrupt. Returns its vector.
    mutating func acknowledge() -> UInt8 {
        if localAPIC.interruptLine { return localAPIC.acknowledge() }
        let vector = controller.acknowledge()
        followController()
        return vector
    }

    /// An ISA device drives its line.
    mutating func set(_ line: Int, _ level: Bool) {
        let bit = UInt32(1) &<< UInt32(truncatingIfNeeded: line)
        guard (isaLevels & bit != 0) != level else { return }
        isaLevels = level ? isaLevels | bit : isaLevels & ~bit
        drive(line)
        deliver()
    }

    /// The PCI devices drive the lines to which they are routed.
    mutating func setPCI(_ levels: UInt32) {
        let changed = levels ^ pciLevels
        guard changed != 0 else { return }
        pciLevels = levels
        for line in 0..<16 where changed & 1 << UInt32(line) != 0 { drive(line) }
        deliver()
    }

    /// An edge that came and went, or that the level hides.
    mutating func pulse(_ line: Int) {
        controller.pulseLine(line)
        ioAPIC.pulseLine(Self.pin(of: line))
        deliver()
    }

    private static func pin(of line: Int) -> Int { line == InterruptLine.timer ? timerPin : line }

    private mutating func drive(_ line: Int) {
        let level = (isaLevels | pciLevels) & 1 << UInt32(line) != 0
        controller.setLine(line, level)
        ioAPIC.setLine(Self.pin(of: line), level)
    }

    /// Passes on to the local APIC what the controllers have for it.
    mutating func deliver() {
        // Only one observed member can be accessed at a time.
        var local = localAPIC
        ioAPIC.deliver { local.deliver($0) }
        localAPIC = local
        followController()
    }

    /// The 8259 pair's output is the local APIC's pin LINT0.
    mutating func followController() {
        localAPIC.setPin(.lint0, controller.interruptLine)
        guard localAPIC.hasSignals else { return }
        let signals = localAPIC.takeSignals()
        if signals.contains(.nonMaskableInterrupt) { wantsNonMaskable = true }
        if signals.contains(.initialize) { wantsReset = true }
    }
}

// MARK: Signals, and the registers' places

extension InterruptLines {
    /// IA32_APIC_BASE (Intel SDM volume 3, 11.4.4).
    struct APICBase: RawRepresentable {
        let rawValue: UInt64

        static let bootstrapProcessor: UInt64 = 1 << 8
        static let enable: UInt64 = 1 << 11
        /// The 39 bits of address that every host has.
        static let address: UInt64 = 0x7F_FFFF_F000
        static let reset = APICBase(rawValue: AddressSpace.localAPIC | bootstrapProcessor | enable)

        /// Whether a guest may write this value. There is no x2APIC mode.
        var isValid: Bool { rawValue & ~(Self.bootstrapProcessor | Self.enable | Self.address) == 0 }
    }

    var isNonMaskableRequested: Bool { wantsNonMaskable }

    /// The lines whose edge would be a non-maskable interrupt, through the I/O APIC or through the 8259 pair at LINT0.
    var nonMaskableLines: UInt32 {
        let pins = ioAPIC.pins { $0.mode == .nonMaskable && localAPIC.isAddressed(by: $0) }
        let direct =
            pins & ~(1 << UInt32(Self.timerPin)) | (pins >> UInt32(Self.timerPin) & 1) << UInt32(InterruptLine.timer)
        return localAPIC.takesPairAsNonMaskable ? direct | UInt32(controller.unmaskedLines) : direct
    }

    mutating func takeNonMaskable() -> Bool {
        defer { wantsNonMaskable = false }
        return wantsNonMaskable
    }

    mutating func takeReset() -> Bool {
        defer { wantsReset = false }
        return wantsReset
    }

    /// Handles a write to IA32_APIC_BASE; returns false if the write must fault.
    mutating func setBase(_ value: UInt64) -> Bool {
        let written = APICBase(rawValue: value)
        guard written.isValid else { return false }
        base = APICBase(rawValue: value | APICBase.bootstrapProcessor)
        let isEnabled = value & APICBase.enable != 0
        if isEnabled != localAPIC.isGloballyEnabled { localAPIC.isGloballyEnabled = isEnabled }
        return true
    }

    /// The offset of an address in the local APIC's registers.
    func localOffset(of address: GuestPhysicalAddress) -> UInt64? {
        let start = base.rawValue & APICBase.address
        guard localAPIC.isGloballyEnabled, address.rawValue >= start else { return nil }
        let offset = address.rawValue - start
        return offset < LocalAPIC.byteCount ? offset : nil
    }

    /// The offset of an address in the I/O APIC's registers.
    static func ioOffset(of address: GuestPhysicalAddress) -> UInt64? {
        guard address.rawValue >= AddressSpace.ioAPIC else { return nil }
        let offset = address.rawValue - AddressSpace.ioAPIC
        return offset < IOAPIC.byteCount ? offset : nil
    }
}
