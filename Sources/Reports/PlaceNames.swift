internal import Platform
internal import TraceFormat
internal import X86

/// What the ports, addresses and registers of a board are, in a few words.
enum PlaceNames {
    /// What is at a port of a board; nil if nothing usual is there.
    static func name(of port: Port, on board: String) -> String? {
        if board == BoardName.unikernel { return Hypercall(port).map { "call \($0.name)" } }
        return ports[port.rawValue]
    }

    /// What is at a guest-physical address outside memory; nil if nothing usual is there.
    static func name(of address: GuestPhysicalAddress) -> String? {
        let page = address.rawValue & ~0xFFF
        if page == AddressSpace.localAPIC {
            let offset = UInt16(address.rawValue & 0xFFF)
            return "local APIC " + (LocalAPICRegister(rawValue: offset).map { words("\($0)") } ?? "0x\(hex(offset))")
        }
        if page == AddressSpace.ioAPIC { return "I/O APIC" }
        if let low = UInt32(exactly: address.rawValue), AddressSpace.pciMemory.contains(low) { return "PCI device" }
        return nil
    }

    /// The ports that move the text screen.
    static let screenIndexPort = VGAPort.controllerIndex.rawValue
    static let screenDataPort = VGAPort.controllerData.rawValue

    static let ports: [UInt16: String] = {
        var names: [UInt16: String] = [:]
        for serial in SerialPort.allCases {
            for register in SerialRegister.allCases {
                names[serial.port(register).rawValue] = "\(serial)".uppercased() + " " + words("\(register)")
            }
        }
        for port in InterruptControllerPort.allCases {
            names[port.rawValue] = "interrupt controller " + words("\(port)")
        }
        for port in IntervalTimerPort.allCases { names[port.rawValue] = "timer " + words("\(port)") }
        for port in KeyboardPort.allCases { names[port.rawValue] = "keyboard " + words("\(port)") }
        for port in ClockPort.allCases { names[port.rawValue] = "clock " + words("\(port)") }
        for port in VGAPort.allCases { names[port.rawValue] = "VGA " + words("\(port)") }
        for port in DebugConsolePort.allCases { names[port.rawValue] = "debug console" }
        for port in FirmwareConfigurationPort.allCases {
            names[port.rawValue] = "firmware configuration " + words("\(port)")
        }
        for channel in IDEChannel.allCases {
            for register in IDERegister.allCases {
                names[channel.commandPort + register.rawValue] = "IDE \(channel) " + words("\(register)")
            }
            names[channel.controlPort] = "IDE \(channel) control"
        }
        for register in PowerRegister.allCases {
            names[PowerRegister.usualBase + register.rawValue] = "power management " + words("\(register)")
        }
        for index in 0..<4 { names[PCIConfigurationPort.data + UInt16(index)] = "PCI configuration data" }
        names[PCIConfigurationPort.address] = "PCI configuration address"
        names[SystemPort.systemControlA] = "system control A"
        names[SystemPort.systemControlB] = "system control B"
        names[SystemPort.post] = "progress code"
        names[SystemPort.powerCommand] = "power management command"
        names[SystemPort.resetControl] = "reset control"
        for port in SystemPort.exit { names[port] = "exit" }
        return names
    }()

    /// `lineStatus` as `line status`.
    private static func words(_ name: String) -> String {
        name.reduce(into: "") { text, character in
            text += character.isUppercase ? " " + character.lowercased() : String(character)
        }
    }

    private static func hex(_ value: UInt16) -> String { String(value, radix: 16) }
}
