internal import Platform
internal import TraceFormat
internal import X86

/// What people keep secret of the inputs that a trace holds, by where it came from.
public enum InputKind: String, CaseIterable, Hashable, Sendable {
    /// What was typed: bytes received on the serial ports COM1 to COM4, and read from the keyboard controller.
    case console
    /// What disks gave: words read from their data ports, and what disks wrote to guest memory. A device's writes to
    /// memory that the trace does not tell apart count as a disk's.
    case disk
    /// What network cards wrote to guest memory.
    case network
    /// Random numbers: RDRAND, RDSEED, and what a virtio entropy device gave.
    case random
    /// Files that firmware and kernels read by name: the kernel, its command line, an initial RAM disk.
    case files
}

extension InputKind {
    /// What a read of this port gives the guest; nil for ports that give nothing of these kinds.
    init?(readingFrom port: Port) {
        guard let kind = Self.readPorts[port] else { return nil }
        self = kind
    }

    /// What reads of ports give. Asked for at every read, so a table.
    private static let readPorts: [Port: Self] = {
        var kinds: [Port: Self] = [Port(KeyboardPort.data.rawValue): .console]
        for serial in SerialPort.allCases { kinds[serial.port(.data)] = .console }
        for channel in IDEChannel.allCases { kinds[Port(channel.commandPort + IDERegister.data.rawValue)] = .disk }
        for register in [FirmwareConfigurationPort.selector, .data] { kinds[Port(register.rawValue)] = .files }
        return kinds
    }()

    /// What a device writes to memory after this port was written: firmware configuration has an address port of its own,
    /// every other port that starts a transfer is a disk controller's.
    init(transferStartedBy port: Port) {
        self = FirmwareConfigurationPort.transfer.contains(port.rawValue) ? .files : .disk
    }
}
