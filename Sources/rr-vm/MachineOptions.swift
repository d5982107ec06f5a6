import ArgumentParser
import Engine
import SystemPackage

/// The options that say which machine a guest gets and when it is stopped.
struct MachineOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "The guest's image file.",
            discussion: "With --bios or --drive it may be left out; SeaBIOS runs then. SeaBIOS also boots a disk image."
        )
    )
    var guest: FilePath?

    @Argument(
        parsing: .postTerminator,
        help: ArgumentHelp("After '--': the arguments of a unikernel.", valueName: "arguments")
    )
    var guestArguments: [String] = []

    @Option(
        help: ArgumentHelp(
            "Memory, with K, M or G. Default: 128M, or 512M for a unikernel, for which --mem=MB does the same.",
            valueName: "size"
        )
    )
    var memory: ByteCount?

    @OptionGroup var engine: EngineOption

    @OptionGroup(title: "Boot options") var boot: BootArguments

    @OptionGroup(title: "Devices") var devices: DeviceOptions

    @OptionGroup(title: "Network") var network: NetworkOptions

    @OptionGroup(title: "Unikernels") var unikernel: UnikernelOptions

    @Option(
        help: ArgumentHelp(
            "What the guest is told about its processor: baseline, host, or a file.",
            discussion: "See docs/profiles.md.",
            valueName: "profile"
        )
    )
    var cpu = ProfileChoice.baseline

    @Option(
        help: ArgumentHelp(
            "How to treat RDTSC, RDTSCP and RDPMC.",
            discussion: """
                hide: CPUID does not show them. trap: like hide, and those in the guest's code are recorded. native: CPUID \
                shows them, they execute as they are, and a replay may diverge.
                """,
            valueName: "way"
        )
    )
    var tsc = HiddenReadPolicy.Treatment.trap

    @Option(
        help: ArgumentHelp(
            "How to treat RDRAND and RDSEED: hide, or trap.",
            valueName: "way"
        )
    )
    var rdrand = RandomnessTreatment.trap

    @Flag(
        help: ArgumentHelp(
            "End the run when the guest resets the machine or its processor shuts down (triple fault).",
            discussion: "Without it, the guest starts again. --until-failure implies it."
        )
    )
    var noReboot = false

    @Option(
        help: ArgumentHelp(
            "The exit status: run (0 if the run was done) or guest (the guest's own).",
            discussion:
                "guest: the lowest byte of the code that the guest exited with, and 1 for a fault or the limit of "
                + "--max-time, as 'git bisect run' needs it.",
            valueName: "whose"
        )
    )
    var exitStatus = ReportedStatus.run

    @Option(help: ArgumentHelp("Stop after this many seconds.", valueName: "seconds"))
    var maxTime: Double?

    @Option(help: ArgumentHelp("Stop after this many events.", valueName: "events"))
    var maxEvents: UInt64?

    @Option(
        help: ArgumentHelp(
            "Stop at the end of the line in which the console shows this text.",
            discussion: "A line that does not end, such as a prompt, is waited for for a tenth of a second.",
            valueName: "text"
        )
    )
    var until: String?

    func validate() throws {
        if guest == nil && !boot.bios && devices.drive.isEmpty {
            throw ValidationError("name a guest, or a --drive, or give --bios for SeaBIOS")
        }
        if let maxTime, !(maxTime > 0 && maxTime <= 1e9) {
            throw ValidationError(
                "--max-time must be above 0 and at most 1000000000 seconds; leave it out for a run without a limit"
            )
        }
        if maxEvents == 0 { throw ValidationError("--max-events must be at least 1") }
        if until?.isEmpty == true { throw ValidationError("--until needs a text") }
    }
}

/// A number of bytes as people write it: decimal digits, and K, M, G or T for powers of 1024.
struct ByteCount: RawRepresentable, ExpressibleByArgument {
    var rawValue: UInt64

    init(rawValue: UInt64) { self.rawValue = rawValue }

    init?(argument: String) {
        let shifts: [Character: UInt64] = ["K": 10, "M": 20, "G": 30, "T": 40]
        let suffix = argument.last.flatMap { shifts[Character($0.uppercased())] }
        let digits = suffix == nil ? argument[...] : argument.dropLast()
        guard let number = UInt64(digits) else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << (suffix ?? 0))
        guard !overflow else { return nil }
        rawValue = bytes
    }
}
