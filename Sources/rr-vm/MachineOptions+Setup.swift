import ByteCoding
import Glibc
import Machine
import Platform
import Recorder
import SystemPackage

extension MachineOptions {
    /// A run with these limits, its console on standard output, starting now.
    func setup(
        _ recording: RecordingOptions,
        _ machine: PreparedMachine
    ) throws(CommandFailure) -> RunSetup {
        var setup = RunSetup(
            engine: machine.engine,
            limits: limits(recording),
            consoleDescriptor: FileDescriptor.standardOutput.rawValue,
            date: Int64(time(nil)),
            graceNanoseconds: recording.grace.nanoseconds,
            keyframes: recording.keyframes.policy,
            chaosSeed: recording.chaos,
            sync: recording.sync,
            ring: recording.ring?.policy
        )
        setup.resets = !noReboot
        setup.unikernel = machine.unikernel
        setup.network = machine.interfaces.first { $0.option.name == nil }.map {
            HostInterface(address: $0.address, link: $0.link)
        }
        if let disk = machine.guestDisk { setup.drives.append(try disk.open()) }
        try devices.apply(to: &setup)
        if machine.configuration.startsInFirmware { setup.prepareFirmware() }
        return setup
    }

    /// Runs `body`. If the guest is to read standard input, that is its console meanwhile.
    func withConsole<Result, Failure>(
        of setup: RunSetup,
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard devices.usesStandardInput else { return try body() }
        let terminal = TerminalInput(setup.input, stop: setup.stop, endsAtInterrupt: !devices.rawKeys)
        defer { terminal.end() }
        return try body()
    }

    private func limits(_ recording: RecordingOptions) -> RunLimits {
        var limits = limits
        limits.bytes = recording.maxSize?.rawValue
        return limits
    }
}

extension RunSetup {
    /// Makes firmware that boots from a drive show on the serial console what programs print through it.
    mutating func prepareFirmware() {
        guard !drives.isEmpty else { return }
        files += Self.firmwareFiles
        showsFirmwareLog = false
    }

    /// Files that SeaBIOS reads by name: which serial port shows what programs print, and the VGA BIOS for text modes.
    private static var firmwareFiles: [FirmwareFile] {
        var port = ByteWriter()
        port.write(SerialPort.com1.rawValue)
        var files = [FirmwareFile(name: "etc/sercon-port", bytes: port.bytes)]
        let path = FilePath(MachineOptions.defaultVideoFirmware)
        if let bytes = try? FileSystem.read(path, what: "VGA BIOS", limit: 1 << 20) {
            files.append(FirmwareFile(name: "vgaroms/vgabios.bin", bytes: bytes))
        }
        return files
    }
}
