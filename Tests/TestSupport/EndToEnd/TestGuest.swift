public import Engine
import Foundation
public import GuestImages
public import Machine
public import Platform
public import Recorder
public import SystemPackage
public import TraceFormat

/// A guest, and everything that the tests over all guests need to know about it.
public struct TestGuest: Sendable, CustomStringConvertible {
    /// What it is.
    public enum Source: Sendable {
        /// A guest of this package.
        case own(Guest)
        /// 16-bit code of one test, loaded and entered at 0x7C00.
        case code([UInt8])
        /// Debian's SeaBIOS, by the file's name.
        case seaBIOS(String)
    }

    /// What it is.
    public let source: Source
    /// When to stop it, if it does not stop by itself.
    public var limits = RunLimits()
    /// Which clock its machine has.
    public var clock = ClockPolicy.real
    /// Where to write a unikernel's core.
    public var coreDirectory: FilePath?
    /// What it is told about its processor.
    public var profile = ProcessorProfile.baseline
    /// True if a run takes many seconds.
    public var isSlow = false

    /// The name, as tests print it.
    public var description: String {
        switch source {
        case .own(let guest): guest.name
        case .code: "code"
        case .seaBIOS(let name): name
        }
    }
}

extension TestGuest {
    /// The vector of the timer's interrupt in the guests of this package.
    public static let timerVector: UInt8 = 0x20

    /// Bytes of memory that each of them gets.
    public static let memorySize: UInt64 = 64 << 20

    /// Every guest.
    public static let all: [TestGuest] = Guest.all.map(TestGuest.init) + firmware

    /// The guests in ``all`` that this run of the tests includes under KVM: those that this host can run.
    public static let included = includedInSoftware.filter { HostNeeds.areMet(by: $0) }

    /// The guests in ``all`` that this run of the tests includes in software.
    public static let includedInSoftware = all.filter { SlowTests.areIncluded || !$0.isSlow }

    private static let firmware = ["bios-256k.bin", "bios.bin"].map { name in
        TestGuest(
            source: .seaBIOS(name),
            limits: RunLimits(consoleText: "No bootable device"),
            isSlow: name == "bios.bin"
        )
    }

    private static let slow: Set = ["port-storm", "two-timers", "boot-sector-from-disk"]

    /// A guest of this package.
    public init(_ guest: Guest) {
        source = .own(guest)
        isSlow = Self.slow.contains(guest.name)
    }

    /// Code of one test.
    public init(code: [UInt8]) { source = .code(code) }

    private static func pathOfSeaBIOS(_ name: String) -> String { "/usr/share/seabios/\(name)" }

    private static func seaBIOS(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(filePath: pathOfSeaBIOS(name))))
    }

    /// The image file's bytes.
    public func bytes() throws -> [UInt8] {
        switch source {
        case .own(let guest) where guest.boot == .behindFirmware: try Self.seaBIOS("bios-256k.bin")
        case .own(let guest): guest.image
        case .code(let code): code
        case .seaBIOS(let name): try Self.seaBIOS(name)
        }
    }

    /// The machine that it runs in.
    public func configuration() throws -> MachineConfiguration {
        var options = BootOptions()
        let bootProtocol: BootProtocol?
        switch source {
        case .own(let guest):
            (bootProtocol, options) = (guest.bootProtocol, guest.bootOptions)
            options.attachments = attachments
        case .code: bootProtocol = .flat
        case .seaBIOS: bootProtocol = .firmware
        }
        let image = try GuestImage(bytes: try bytes(), bootProtocol: bootProtocol, options: options)
        return try MachineConfiguration(memorySize: Self.memorySize, image: image, profile: profile)
    }

    /// Adds everything that is connected to the machine to a run's setup. The files for it are made in a directory.
    public func connect(to setup: inout RunSetup, in directory: borrowing TemporaryDirectory) throws {
        guard case .own(let guest) = source else { return }
        try guest.connect(to: &setup, in: directory)
    }

    /// The files that ``arguments`` name, in the directory where a command is run.
    public var files: [Guest.File] {
        switch source {
        case .own(let guest): guest.files
        case .code(let code): [Guest.File(name: "code.bin", bytes: code)]
        case .seaBIOS: []
        }
    }

    /// The arguments of `rr-vm record` and `run` for the same machine and limits.
    public var arguments: [String] {
        let until = limits.consoleText.map { ["--until", $0] } ?? []
        let events = limits.events.map { ["--max-events", "\($0)"] } ?? []
        let guest =
            switch source {
            case .own(let guest): guest.arguments
            case .code: ["code.bin", "--flat"]
            case .seaBIOS(let name): [Self.pathOfSeaBIOS(name), "--bios"]
            }
        return ["--memory", "\(Self.memorySize)"] + until + events + (resets ? [] : ["--no-reboot"]) + guest
    }

    /// Whether it starts again when it resets the machine. A guest whose run ends with a reset does not, and neither
    /// does code of one test.
    public var resets: Bool {
        switch source {
        case .own(let guest): guest.outcome != .reset && guest.outcome != .shutdown
        case .code: false
        case .seaBIOS: true
        }
    }

    /// What the text screen shows at the end of a run, if that matters.
    public var screen: String? {
        if case .own(let guest) = source { guest.screen } else { nil }
    }

    /// Whether interrupts come to it at places that are hard to find again.
    public var isTicked: Bool {
        if case .own(let guest) = source { guest.isTicked } else { false }
    }

    /// Whether it is a table of experiments.
    public var hasExperiments: Bool {
        if case .own(let guest) = source { guest.hasExperiments } else { false }
    }

    /// Whether a run of it may end like this.
    public func declares(_ outcome: Outcome) -> Bool {
        if let text = limits.consoleText { return outcome == .stopped(.consoleText(text)) }
        if limits.events != nil { return outcome == .stopped(.eventLimit) }
        guard case .own(let guest) = source else { return false }
        switch (guest.outcome, outcome) {
        case (.exit(let code), .exited(let actual)): return actual == UInt32(code) || guest.mayLoseRace && actual == 1
        case (.halt, .halted), (.shutdown, .tripleFault): return true
        case (.exitOrEmulationFailure(let code), .exited(let actual)): return actual == UInt32(code)
        case (.exitOrEmulationFailure, .emulationFailure): return true
        case (.reset, .reset), (.powerOff, .poweredOff): return true
        case (.fault(let text), .guestFault(let actual)): return actual.contains(text)
        default: return false
        }
    }

    /// Whether a run of it may show this: exactly its text if that is always the same, else a text with its ending if
    /// that is known. If the host cannot emulate one of its instructions, it shows the beginning of its text.
    public func declares(console text: String, after outcome: Outcome) -> Bool {
        if let end = limits.consoleText { return text.split(separator: "\n").last?.contains(end) ?? false }
        guard case .own(let guest) = source, limits.events == nil, let console = guest.console else { return true }
        if case .emulationFailure = outcome { return console.hasPrefix(text) }
        return text == console
    }
}
