public import ArgumentParser
import Glibc
import Machine
import Platform
import Recorder
import SystemPackage

/// The options that say what is connected to a machine.
struct DeviceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A disk from a raw image: FILE[,write][,if=ide|virtio]; may be given more than once.",
            discussion: "What the guest writes is kept in memory and lost at the end, unless ',write' is given.",
            valueName: "drive"
        )
    )
    var drive: [DriveOption] = []

    @Option(
        help: ArgumentHelp(
            "Type this file's content on the guest's console, in place of standard input.",
            valueName: "file"
        )
    )
    var input: FilePath?

    @Option(
        help: ArgumentHelp(
            "Type on the guest's console by a script, in place of standard input.",
            discussion: "Lines of 'expect TEXT' and 'send TEXT', with \\n, \\r, \\t, \\e, \\\\ and \\xNN.",
            valueName: "file"
        )
    )
    var inputScript: FilePath?

    @Flag(
        help: ArgumentHelp(
            "Type Ctrl-C on the guest's console instead of ending the run with it.",
            discussion: "Ctrl-A X ends the run in any case, Ctrl-A A types a Ctrl-A."
        )
    )
    var rawKeys = false

    @Option(
        help: ArgumentHelp(
            "The machine's clock: real follows the host's, virtual skips the time while the guest waits.",
            valueName: "clock"
        )
    )
    var clock = ClockPolicy.real

    @Option(
        help: ArgumentHelp(
            "What the guest's clock shows at the start, in UTC: 2026-01-31, 2026-01-31T12:00:00, or seconds since 1970.",
            valueName: "date"
        )
    )
    var rtcBase: DateOption?

    @Flag(help: "Print the VGA text screen when the run ends.")
    var screen = false

    @Flag(help: "List the ports and addresses that the guest accessed and no device claims.")
    var logUnclaimed = false

    func validate() throws {
        if input != nil && inputScript != nil {
            throw ValidationError("--input and --input-script exclude each other: give one")
        }
        for interface in DriveInterface.allCases {
            let count = drive.count { $0.interface == interface }
            guard count <= Drive.limit(of: interface) else {
                throw ValidationError(
                    "\(count) drives with if=\(interface.rawValue): at most \(Drive.limit(of: interface)) are possible"
                )
            }
        }
    }
}

extension ClockPolicy: ExpressibleByArgument {}

/// What `--drive` says.
struct DriveOption: ExpressibleByArgument {
    let path: FilePath
    let isWritable: Bool
    let interface: DriveInterface

    init(path: FilePath) {
        self.path = path
        isWritable = false
        interface = .ide
    }

    init?(argument: String) {
        var words = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        path = FilePath(argument: words.removeFirst())
        var isWritable = false
        var interface = DriveInterface.ide
        for word in words {
            if word == "write" {
                isWritable = true
            } else if word.hasPrefix("if="), let named = DriveInterface(rawValue: String(word.dropFirst(3))) {
                interface = named
            } else {
                return nil
            }
        }
        guard !path.isEmpty else { return nil }
        self.isWritable = isWritable
        self.interface = interface
    }
}

/// A date as `--rtc-base` gives it.
struct DateOption: ExpressibleByArgument {
    /// Seconds since 1970-01-01 UTC.
    let seconds: Int64

    init?(argument: String) {
        if let seconds = Int64(argument) {
            self.seconds = seconds
            return
        }
        let halves = argument.split(separator: "T", omittingEmptySubsequences: false)
        guard 1...2 ~= halves.count, let date = Self.numbers(halves[0], separator: "-", widths: [4, 2, 2]) else {
            return nil
        }
        guard let time = halves.count == 1 ? [0, 0, 0] : Self.numbers(halves[1], separator: ":", widths: [2, 2, 2])
        else { return nil }
        guard 1970...9999 ~= date[0], 1...12 ~= date[1], 1...31 ~= date[2], 0...23 ~= time[0], 0...59 ~= time[1],
            0...59 ~= time[2]
        else { return nil }
        // SAFETY: tm is unsafe because of its pointer to the zone's name, which is not read here; timegm reads and
        // rewrites only the structure that it is given.
        var parts = unsafe tm()
        unsafe parts.tm_year = date[0] - 1900
        unsafe parts.tm_mon = date[1] - 1
        unsafe parts.tm_mday = date[2]
        unsafe parts.tm_hour = time[0]
        unsafe parts.tm_min = time[1]
        unsafe parts.tm_sec = time[2]
        seconds = Int64(unsafe timegm(&parts))
        // February 31 has become March 3.
        guard unsafe parts.tm_mday == date[2] else { return nil }
    }

    private static func numbers(_ text: Substring, separator: Character, widths: [Int]) -> [Int32]? {
        let words = text.split(separator: separator, omittingEmptySubsequences: false)
        guard words.map(\.utf8.count) == widths else { return nil }
        let numbers = words.compactMap { Int32($0) }
        return numbers.count == widths.count && numbers.allSatisfy { $0 >= 0 } ? numbers : nil
    }
}
