internal import Platform
internal import TraceFormat
internal import X86

/// Tells which events of a run are accesses to ignored inputs. The meaning of some ports depends on earlier writes, so
/// the filter has to see every event from the start of the trace.
struct InputFilter {
    private let ignored: Set<IgnoredInput>
    /// The register that the real-time clock's data port currently shows.
    private var clockRegister: UInt8 = 0
    /// The address register of the PCI configuration space.
    private var configurationAddress = PCIConfigurationAddress(rawValue: 0)
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
            case .rtc: event.port.map { ClockPort(rawValue: $0.rawValue) != nil } ?? false
            case .tsc: isTimeStamp(event)
            }
        }
    }

    private mutating func follow(_ event: Event) {
        guard case .portWrite(let access) = event else { return }
        switch access.port.rawValue {
        case ClockPort.index.rawValue: clockRegister = access.firstByte & ClockPort.indexMask
        case PCIConfigurationPort.address where access.size == .doubleword:
            configurationAddress = PCIConfigurationAddress(rawValue: access.value)
        case PCIConfigurationPort.data where configurationAddress == Self.powerBaseRegister && access.size != .byte:
            powerBase = UInt16(truncatingIfNeeded: access.value) & PowerRegister.baseMask
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
        if ClockPort(rawValue: port) == .data { return clockRegister == Self.acknowledgingRegister }
        return Self.timerPorts.contains(port) || port == powerBase.map { $0 + PowerRegister.timer.rawValue }
    }

    private func isTimeWrite(_ access: PortAccess) -> Bool {
        switch access.port.rawValue {
        case InterruptControllerPort.primaryCommand.rawValue, InterruptControllerPort.secondaryCommand.rawValue: true
        case IntervalTimerPort.control.rawValue: IntervalTimerPort.latches(access.firstByte)
        case ClockPort.index.rawValue: clockRegister == Self.acknowledgingRegister
        default: false
        }
    }

    private func isTimeStamp(_ event: Event) -> Bool {
        switch event {
        case .hiddenRead(let read): [.rdtsc, .rdtscp, .rdpmc].contains(read.instruction)
        case .readMSR(let index, _): index == ModelSpecificRegister.timeStampCounter
        default: false
        }
    }

    /// The interval timer's counters, and the port that shows its output.
    private static let timerPorts: Set<UInt16> = [
        IntervalTimerPort.counter0.rawValue, IntervalTimerPort.counter1.rawValue, IntervalTimerPort.counter2.rawValue,
        SystemPort.systemControlB,
    ]
    /// Reading the real-time clock's register C acknowledges its interrupt.
    private static let acknowledgingRegister = ClockRegister.registerC.rawValue
    private static let powerBaseRegister = PCIConfigurationAddress(
        .powerManagement,
        register: PowerFunctionRegister.base
    )
    /// The local APIC timer's current count, and its initial count. A driver reads the initial count back after setting
    /// it.
    private static let timerReads = addresses(of: [.currentCount, .initialCount])
    /// The register that ends an interrupt, and the initial count that arms the timer.
    private static let timerWrites = addresses(of: [.endOfInterrupt, .initialCount])

    private static func addresses(of registers: [LocalAPICRegister]) -> Set<UInt64> {
        Set(registers.map(\.usualAddress))
    }
}
