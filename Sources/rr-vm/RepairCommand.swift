import ArgumentParser
import Reports
import SystemPackage
import TraceFormat

/// `rr-vm repair`.
struct RepairCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract: "Make a whole trace from one that lost its end or was damaged.",
        discussion: """
            Keeps all that can be read up to the first fault, leaves the damaged trace as it is, and says what was kept \
            and what is lost.
            """
    )

    @Argument(help: "The trace; the latest one here if it is left out.")
    var file: FilePath?

    @Option(name: .shortAndLong, help: ArgumentHelp("The trace to make; it is never overwritten.", valueName: "file"))
    var output: FilePath

    func validate() throws {
        if output.isEmpty { throw ValidationError("--output needs a file") }
    }

    @OptionGroup var confinement: ConfinementOption

    func run() throws {
        let reader = try TraceLocation.open(file) {
            confinement.keepDirectories(of: [output], machines: nil)
        }
        let copy: TraceCopy
        do {
            copy = try reader.scanned().copy(to: output, options: TraceCopyOptions(keepsUpToFault: true))
        } catch {
            throw CommandFailure(error)
        }
        StandardError.write(
            "rr-vm: kept \(Quantity.count(copy.eventCount)) events and \(Quantity.count(copy.keyframeCount)) keyframes, "
                + "\(Quantity.bytes(copy.byteCount)) in \(output)",
            "rr-vm: \(Self.loss(reader, copy))"
        )
    }

    /// What the copy lacks, in a sentence.
    private static func loss(_ reader: TraceReader, _ copy: TraceCopy) -> String {
        if let fault = copy.fault {
            let lost = Quantity.count(reader.eventCount - copy.eventCount)
            return "lost: at least \(lost) events, from event \(copy.nextEvent) on, because of \(fault)"
        }
        if reader.outcome == nil { return "lost: the end, and whatever came from event \(copy.nextEvent) on" }
        return reader.isComplete ? "nothing was lost" : "nothing was lost but the index, which was made again"
    }
}
