internal import Devices

/// What answers at a port.
enum PortOwner: UInt8 {
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
}

/// Who answers at each of the 65,536 ports: looked up at every access, so a table.
struct PortMap: Sendable {
    private var owners = [UInt8](repeating: PortOwner.nobody.rawValue, count: 1 << 16)

    /// The ports that are the same in every PC.
    init() {
        for register in InterruptController8259.Register.allCases { self[register.rawValue] = .interruptController }
        for register in IntervalTimer8254.Register.allCases { self[register.rawValue] = .timer }
        for register in RealTimeClock.Register.allCases { self[register.rawValue] = .realTimeClock }
        for register in KeyboardController8042.Register.allCases { self[register.rawValue] = .keyboard }
        for register in DebugConsole.Register.allCases { self[register.rawValue] = .debugConsole }
        for register in VGA.Register.allCases { self[register.rawValue] = .vga }
        let serialPorts = UInt16(UART16550.Register.allCases.count)
        claim(SerialPort.com1, serialPorts, for: .serial1)
        claim(SerialPort.com2, serialPorts, for: .serial2)
        self[SystemControlPortA.port] = .systemControlA
        self[SystemControlPortB.port] = .systemControlB
        self[POSTPort.port] = .post
        claim(ExitPort.port, ExitPort.portCount, for: .exit)
        claim(PCIConfigurationPorts.addressPort, 8, for: .pci)
        claim(FirmwareConfiguration.Register.selector.rawValue, 12, for: .firmwareConfiguration)
        self[PowerManagement.commandPort] = .powerCommand
        let drivePorts = UInt16(IDEController.Register.allCases.count)
        claim(IDEController.Channel.primary.commandPort, drivePorts, for: .idePrimary)
        claim(IDEController.Channel.secondary.commandPort, drivePorts, for: .ideSecondary)
        self[IDEController.Channel.primary.controlPort] = .idePrimaryControl
        self[IDEController.Channel.secondary.controlPort] = .ideSecondaryControl
    }

    /// Who answers at a port.
    subscript(port: UInt16) -> PortOwner {
        get { PortOwner(rawValue: owners[Int(port)]) ?? .nobody }
        set { owners[Int(port)] = newValue.rawValue }
    }

    /// Gives `count` ports from `first` on, as far as nobody has them, to an owner.
    mutating func claim(_ first: UInt16, _ count: UInt16, for owner: PortOwner) {
        for port in Int(first)..<min(Int(first) + Int(count), owners.count) where owners[port] == 0 {
            owners[port] = owner.rawValue
        }
    }

    /// Takes `count` ports from `first` on away from an owner.
    mutating func release(_ first: UInt16, _ count: UInt16, from owner: PortOwner) {
        for port in Int(first)..<min(Int(first) + Int(count), owners.count) where owners[port] == owner.rawValue {
            owners[port] = PortOwner.nobody.rawValue
        }
    }
}

/// The first ports of the serial ports.
enum SerialPort {
    static let com1: UInt16 = 0x3F8
    static let com2: UInt16 = 0x2F8
}
