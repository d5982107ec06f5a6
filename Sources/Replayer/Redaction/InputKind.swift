internal import Platform
internal import TraceFormat
internal import X86

/// The inputs in a trace that people may want to keep secret, by their source.
public enum InputKind: String, CaseIterable, Hashable, Sendable {
    /// Typed input: bytes received on the serial ports COM1 to COM4, and bytes read from the keyboard controller.
    case console
    /// Disk input: words read from the disks' data ports, and what disks wrote to guest memory. Device writes to memory
    /// count as a disk's if the trace does not show their source.
    case disk
    /// What network cards wrote to guest memory.
    case network
    /// Random numbers: RDRAND, RDSEED, and what a virtio entropy device gave.
    case random
    /// Files that firmware and kernels read by name: the kernel, its command line, an initial RAM disk.
    case files
}

extension InputKind {
    /// What a read of this port gives the guest; nil for ports that give no input of these kinds.
    init?(readingFrom port: Port) {
        guard let kind = Self.readPorts[port] else { return nil }
        self = kind
    }

    /// What port reads give. This is a table because every read needs it.
    private static let readPorts: [Port: Self] = {
        var kinds: [Port: Self] = [Port(KeyboardPort.data.rawValue): .console]
        for serial in SerialPort.allCases { kinds[serial.port(.data)] = .console }
        for channel in IDEChannel.allCases { kinds[Port(channel.commandPort + IDERegister.data.rawValue)] = .disk }
        for register in [FirmwareConfigurationPort.selector, .data] { kinds[Port(register.rawValue)] = .files }
        return kinds
    }()

    /// What a device writes to memory after a write to this port. Firmware configuration has a separate address port.
    /// A unikernel asks for packets by a port. Every other port that starts a transfer belongs to a disk controller.
    init(transferStartedBy port: Port) {
        if Hypercall(port) == .netRead {
            self = .network
        } else {
            self = FirmwareConfigurationPort.transfer.contains(port.rawValue) ? .files : .disk
        }
    }

    /// What a virtio device writes to memory.
    init(from type: VirtioDeviceType) {
        self =
            switch type {
            case .network: .network
            case .block: .disk
            case .console: .console
            case .entropy: .random
            }
    }
}
