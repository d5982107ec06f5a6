import ByteCoding
import Engine
import Engines
import Machine
import Platform
import Recorder
import SystemPackage
import TraceFormat

extension MachineOptions {
    private static let defaultFirmware = FilePath("/usr/share/seabios/bios-256k.bin")
    private static let largestImage = 1 << 30

    /// From the same package as SeaBIOS. Programs that SeaBIOS starts need it for text modes.
    static let defaultVideoFirmware = "/usr/share/seabios/vgabios-isavga.bin"

    /// The file that the guest is known by: the one given, the first drive, or SeaBIOS.
    var guestPath: FilePath { guest ?? devices.drive.first?.path ?? Self.defaultFirmware }

    /// Reads the guest, and puts together the machine and what is behind a unikernel's devices.
    func prepare() throws(CommandFailure) -> PreparedMachine {
        var (attachments, unikernelSetup) = try unikernel.open()
        let interfaces = try network.open()
        for interface in interfaces {
            if let attachment = interface.attachment { attachments.append(attachment) }
            if let name = interface.option.name { unikernelSetup.links[name] = interface.link }
        }
        let (image, disk) = try loadGuest(attachments)
        let engine = engine.choice(booting: image.bootProtocol)
        let configuration = try configuration(image, on: engine)
        if configuration.unikernel == nil, unikernel.dumpcore != nil {
            throw CommandFailure(.usage, "--dumpcore needs a unikernel, and this guest is not one")
        }
        if configuration.unikernel != nil, !devices.drive.isEmpty {
            throw CommandFailure(.usage, "--drive does not apply to a unikernel: use --block:NAME=FILE")
        }
        if configuration.unikernel != nil, interfaces.contains(where: { $0.option.name == nil }) {
            throw CommandFailure(.usage, "--net needs the name of a unikernel's interface: --net:NAME=WHERE")
        }
        if let asked = memory?.rawValue, configuration.unikernel != nil, configuration.memorySize != asked {
            StandardError.write(
                "rr-vm: a unikernel's memory is a multiple of 2 MiB: this one gets \(configuration.memorySize >> 20) MiB"
            )
        }
        return PreparedMachine(
            engine: engine,
            configuration: configuration,
            unikernel: unikernelSetup,
            interfaces: interfaces,
            guestDisk: disk
        )
    }

    /// Reads the guest's file. A disk image for which no protocol was chosen is returned as a disk, and the image to
    /// load is SeaBIOS, which boots from that disk.
    private func loadGuest(_ attachments: [UnikernelDevice]) throws(CommandFailure) -> (GuestImage, DriveOption?) {
        if let guest {
            let bytes = try FileSystem.read(guest, what: "the guest", limit: Self.largestImage)
            if boot.bootProtocol == nil, let mistake = UnlikelyGuest(bytes) {
                throw CommandFailure(.badData, mistake.refusal(of: guest))
            }
            let bootProtocol: BootProtocol
            do {
                bootProtocol = if let asked = boot.bootProtocol { asked } else { try BootProtocol.detect(bytes) }
            } catch {
                throw CommandFailure(error)
            }
            guard boot.bootProtocol == nil, bootProtocol == .sector else {
                return (try boot.image(guest, bytes, bootProtocol, guestArguments, attachments), nil)
            }
        }
        let firmware = try FileSystem.read(Self.defaultFirmware, what: "the guest", limit: Self.largestImage)
        let image = try boot.image(Self.defaultFirmware, firmware, boot.bootProtocol, guestArguments, attachments)
        return (image, guest.map { DriveOption(path: $0) })
    }

    private func configuration(
        _ image: GuestImage,
        on engine: EngineChoice
    ) throws(CommandFailure) -> MachineConfiguration {
        let profile = try cpu.load(on: engine)
        do {
            return try MachineConfiguration(
                memorySize: memorySize(of: image),
                image: image,
                profile: profile,
                hiddenReads: HiddenReadPolicy(counters: tsc, randomness: rdrand.treatment)
            )
        } catch {
            throw CommandFailure(error)
        }
    }

    /// Bytes of memory: what the user asked for, or the default.
    private func memorySize(of image: GuestImage) -> UInt64 {
        memory?.rawValue ?? (image.bootProtocol == .hvt ? 512 : 128) << 20
    }

    /// When to stop a guest that does not stop by itself.
    var limits: RunLimits {
        RunLimits(seconds: maxTime, events: maxEvents, consoleText: until)
    }

    /// What a trace says about the guest.
    ///
    /// The image is what was loaded. For a guest that is a disk, that is the firmware, and the disk is among the
    /// drives.
    func guestDescription(_ machine: PreparedMachine) -> TraceHeader.Guest {
        let image = machine.configuration.image
        let options = ["--memory \(memorySize(of: image))", "--cpu \(cpu.name)"]
        return TraceHeader.Guest(
            name: image.options.name,
            options: options + boot.words(image) + devices.words + unikernel.words
                + machine.interfaces.flatMap(\.words),
            imageSize: UInt64(image.bytes.count),
            imageDigest: Digest128(hashing: image.bytes.rawSpan)
        )
    }
}
