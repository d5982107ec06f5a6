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
        if SerialPort.allCases.contains(where: { $0.port(.data) == port }) || KeyboardPort(port) == .data {
            self = .console
        } else if IDEChannel.allCases.contains(where: { $0.commandPort + IDERegister.data.rawValue == port.rawValue }) {
            self = .disk
        } else if [.selector, .data].contains(FirmwareConfigurationPort(rawValue: port.rawValue)) {
            self = .files
        } else {
            return nil
        }
    }

    /// What a device writes to memory after this port was written: firmware configuration has an address port of its own,
    /// every other port that starts a transfer is a disk controller's.
    init(transferStartedBy port: Port) {
        self = FirmwareConfigurationPort.transfer.contains(port.rawValue) ? .files : .disk
    }
}
