internal import TraceFormat
internal import X86

/// Says which events of a run are accesses to inputs that are ignored. What some ports mean depends on what was written before,
/// so it has to see every event from the first of the trace on.
struct InputFilter {
    private let ignored: Set<IgnoredInput>
    /// The register that the real-time clock's data port shows.
    private var clockRegister: UInt8 = 0
    /// The address register of PCI's configuration space.
    private var configurationAddress: UInt32 = 0
    /// The first port of ACPI's registers, once the guest has set it.
    private var powerBase: UInt16?

    init(_ ignored: Set<IgnoredInput>) {
        self.ignored = ignored
    }

    /// Whether the next event is ignored.
    mutating func covers(_ event: Event) -> Bool {
        follow(event)
        return ignored.contains { input in
            switch input {
            case .time: isTime(event)
            case .rtc: event.port.map { [Self.clockIndex, Self.clockData].contains($0.rawValue) } ?? false
            case .tsc: isTimeStamp(event)
            }
        }
    }

    private mutating func follow(_ event: Event) {
        guard case .portWrite(let access) = event else { return }
        switch access.port.rawValue {
        case Self.clockIndex: clockRegister = UInt8(truncatingIfNeeded: access.value) & 0x7F
        case Self.configurationIndex where access.size == .doubleword: configurationAddress = access.value
        case Self.configurationData where configurationAddress == Self.powerBaseRegister && access.size != .byte:
            powerBase = UInt16(truncatingIfNeeded: access.value) & 0xFFC0
        default: break
        }
    }

    private func isTime(_ event: Event) -> Bool {
        switch event {
        case .interrupt, .nonMaskableInterrupt, .halt: true
        case .portRead(let access): isTimeRead(access.port.rawValue)
        case .portWrite(let access): isTimeWrite(access)
        case .memoryRead(let access): Self.timerReads.contains(access.address.rawValue)
        case .memoryWrite(let access): Self.timerWrites.contains(access.address.rawValue)
        default: false
        }
    }

    private func isTimeRead(_ port: UInt16) -> Bool {
        if port == Self.clockData { return clockRegister == Self.clockStatusC }
        return Self.timerPorts.contains(port) || port == powerBase.map { $0 + Self.powerTimer }
    }

    private func isTimeWrite(_ access: PortAccess) -> Bool {
        switch access.port.rawValue {
        case 0x20, 0xA0: true
        case Self.timerCommand: access.value & 0x30 == 0 || access.value & 0xC0 == 0xC0
        case Self.clockIndex: clockRegister == Self.clockStatusC
        default: false
        }
    }

    private func isTimeStamp(_ event: Event) -> Bool {
        switch event {
        case .hiddenRead(let read): [.rdtsc, .rdtscp, .rdpmc].contains(read.instruction)
        case .readMSR(let index, _): index == Self.timeStampCounter
        default: false
        }
    }

    /// The interval timer's counters, and the port that shows its output.
    private static let timerPorts: Set<UInt16> = [0x40, 0x41, 0x42, 0x61]
    /// The interval timer's command port: a latch command has bits 4 and 5 clear, the read-back command bits 6 and 7 set.
    private static let timerCommand: UInt16 = 0x43
    /// The real-time clock. Reading its register C acknowledges its interrupt.
    private static let (clockIndex, clockData): (UInt16, UInt16) = (0x70, 0x71)
    private static let clockStatusC: UInt8 = 0x0C
    private static let (configurationIndex, configurationData): (UInt16, UInt16) = (0xCF8, 0xCFC)
    /// PMBA of the PIIX4, device 1 function 3 (82371AB data sheet, chapter 7.1), as the address register names it.
    private static let powerBaseRegister: UInt32 = 1 << 31 | 1 << 11 | 3 << 8 | 0x40
    /// The power management timer, from there on.
    private static let powerTimer: UInt16 = 8
    /// The local APIC at its usual place: the timer's current count, and the initial count in which a driver reads back what
    /// it asked for (Intel SDM vol. 3, table 11-1).
    private static let timerReads: Set<UInt64> = [0xFEE0_0390, 0xFEE0_0380]
    /// The end of an interrupt, and the initial count that arms the timer.
    private static let timerWrites: Set<UInt64> = [0xFEE0_00B0, 0xFEE0_0380]
    /// IA32_TIME_STAMP_COUNTER.
    private static let timeStampCounter: UInt32 = 0x10
}
