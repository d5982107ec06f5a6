import Engine
import Foundation
public import GuestImages
public import Machine
public import Recorder
public import TraceFormat

/// A guest, and what every property that holds for all guests needs to know of it.
public struct TestGuest: Sendable, CustomStringConvertible {
    /// What it is.
    public enum Source: Sendable {
        /// A guest of this package.
        case own(Guest)
        /// Debian's SeaBIOS, by the file's name.
        case seaBIOS(String)
    }

    /// What it is.
    public let source: Source
    /// When it is stopped that does not stop by itself.
    public var limits = RunLimits()
    /// True if a run takes many seconds.
    public var isSlow = false

    /// The name, as tests print it.
    public var description: String {
        switch source {
        case .own(let guest): guest.name
        case .seaBIOS(let name): name
        }
    }
}

extension TestGuest {
    /// Bytes of memory that every one of them gets.
    public static let memorySize: UInt64 = 64 << 20

    /// Every guest.
    public static let all: [TestGuest] = Guest.all.map(TestGuest.init) + firmware

    /// Those of ``all`` that a run of tests is to include.
    public static let included = all.filter { SlowTests.areIncluded || !$0.isSlow }

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

    /// The image file's bytes.
    public func bytes() throws -> [UInt8] {
        switch source {
        case .own(let guest) where guest.boot == .behindFirmware: try Self.seaBIOS("bios-256k.bin")
        case .own(let guest): guest.image
        case .seaBIOS(let name): try Self.seaBIOS(name)
        }
    }

    private static func seaBIOS(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(filePath: "/usr/share/seabios/\(name)")))
    }

    /// The machine that it runs in.
    public func configuration() throws -> MachineConfiguration {
        let image: GuestImage
        switch source {
        case .own(let guest):
            image = try GuestImage(bytes: bytes(), bootProtocol: guest.bootProtocol, options: guest.bootOptions)
        case .seaBIOS:
            image = try GuestImage(bytes: bytes(), bootProtocol: .firmware)
        }
        return try MachineConfiguration(memorySize: Self.memorySize, image: image, profile: .baseline)
    }

    /// Adds to a run's set-up what is connected to the machine. Files that it needs are made in a directory.
    public func connect(to setup: inout RunSetup, in directory: borrowing TemporaryDirectory) throws {
        guard case .own(let guest) = source else { return }
        try guest.connect(to: &setup, in: directory)
    }

    /// What the text screen shows at the end of a run, if that matters.
    public var screen: String? {
        guard case .own(let guest) = source else { return nil }
        return guest.screen
    }

    /// Whether a trace has all of the text that a run shows.
    public var tracesItsText: Bool {
        guard case .own(let guest) = source else { return true }
        return !guest.showsTextFromMemory
    }

    /// The files that ``arguments`` name.
    public var files: [Guest.File] {
        guard case .own(let guest) = source else { return [] }
        return guest.files
    }

    /// The arguments of `rr-vm record` and `run` for the same machine and limits.
    public var arguments: [String] {
        let boot =
            switch source {
            case .own(let guest): guest.arguments
            case .seaBIOS: ["--bios"]
            }
        let until = limits.consoleText.map { ["--until", $0] } ?? []
        return boot + ["--memory", "\(Self.memorySize)"] + until
    }

    /// Whether a run of it may end so.
    public func declares(_ outcome: Outcome) -> Bool {
        if let text = limits.consoleText { return outcome == .stopped(.consoleText(text)) }
        guard case .own(let guest) = source else { return false }
        switch (guest.outcome, outcome) {
        case (.exit(let code), .exited(let actual)): return actual == UInt32(code) || guest.mayLoseRace && actual == 1
        case (.halt, .halted), (.shutdown, .tripleFault): return true
        case (.exitOrEmulationFailure(let code), .exited(let actual)): return actual == UInt32(code)
        case (.exitOrEmulationFailure, .emulationFailure): return true
        case (.reset, .reset), (.powerOff, .poweredOff): return true
        default: return false
        }
    }

    /// Everything that a run of it shows, if that is always the same.
    public var console: String? {
        guard case .own(let guest) = source else { return nil }
        return guest.console
    }
}
