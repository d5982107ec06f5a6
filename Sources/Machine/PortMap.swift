internal import Platform

/// What answers at a port.
enum PortOwner {
    case nobody
    case interruptController
    case timer
    case realTimeClock
    case keyboard
    case serial1
    case serial2
    case systemControlA
    case systemControlB
    case post
    case debugConsole
    case exit
    case pci
    case vga
    case firmwareConfiguration
    case powerCommand
    case power
    case idePrimary
    case ideSecondary
    case idePrimaryControl
    case ideSecondaryControl
    case busMaster

    /// Whether it may answer an access of any width at once. The others are asked byte by byte.
    var takesWholeAccesses: Bool {
        switch self {
        case .exit, .pci, .idePrimary, .ideSecondary, .busMaster, .power, .firmwareConfiguration: true
        default: false
        }
    }
}

/// Which device answers at each of the 65,536 ports. A table, because every access looks it up.
struct PortMap: Sendable {
    private var owners = [PortOwner](repeating: .nobody, count: 1 << 16)

    /// The ports that are the same in every PC.
    init() {
        for register in InterruptControllerPort.allCases { self[register.rawValue] = .interruptController }
        for register in IntervalTimerPort.allCases { self[register.rawValue] = .timer }
        for register in ClockPort.allCases { self[register.rawValue] = .realTimeClock }
        for register in KeyboardPort.allCases { self[register.rawValue] = .keyboard }
        for register in DebugConsolePort.allCases { self[register.rawValue] = .debugConsole }
        for register in VGAPort.allCases { self[register.rawValue] = .vga }
        let serialPorts = UInt16(SerialRegister.allCases.count)
        claim(SerialPort.com1.rawValue, serialPorts, for: .serial1)
        claim(SerialPort.com2.rawValue, serialPorts, for: .serial2)
        self[SystemPort.systemControlA] = .systemControlA
        self[SystemPort.systemControlB] = .systemControlB
        self[SystemPort.post] = .post
        claim(SystemPort.exit.lowerBound, UInt16(SystemPort.exit.count), for: .exit)
        claim(PCIConfigurationPort.address, PCIConfigurationPort.count, for: .pci)
        claim(
            FirmwareConfigurationPort.selector.rawValue,
            FirmwareConfigurationPort.count,
            for: .firmwareConfiguration
        )
        self[SystemPort.powerCommand] = .powerCommand
        let drivePorts = UInt16(IDERegister.allCases.count)
        claim(IDEChannel.primary.commandPort, drivePorts, for: .idePrimary)
        claim(IDEChannel.secondary.commandPort, drivePorts, for: .ideSecondary)
        self[IDEChannel.primary.controlPort] = .idePrimaryControl
        self[IDEChannel.secondary.controlPort] = .ideSecondaryControl
    }

    /// The device that answers at a port.
    subscript(port: UInt16) -> PortOwner {
        get { owners[Int(port)] }
        set { owners[Int(port)] = newValue }
    }

    /// Gives an owner those of the `count` ports from `first` on that are free.
    mutating func claim(_ first: UInt16, _ count: UInt16, for owner: PortOwner) {
        for port in Int(first)..<min(Int(first) + Int(count), owners.count) where owners[port] == .nobody {
            owners[port] = owner
        }
    }

    /// Takes the `count` ports from `first` on away from an owner.
    mutating func release(_ first: UInt16, _ count: UInt16, from owner: PortOwner) {
        for port in Int(first)..<min(Int(first) + Int(count), owners.count) where owners[port] == owner {
            owners[port] = .nobody
        }
    }
}
