import ArgumentParser
import Confinement
import Engine
import FoundationEssentials
import KVMEngine
import TraceFormat

/// `rr-vm doctor`.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Find out what this host's KVM really does, and what rr-vm can do with it.",
        discussion: "Runs tiny guests for a second or two. Exit status 0: this host can record."
    )

    @Flag(help: "Print everything that was found, as JSON.")
    var json = false

    @Flag(help: "Print every capability, and the detail of every finding.")
    var verbose = false

    func run() throws {
        let report: HostReport
        do {
            report = try HostProbe.run()
        } catch {
            throw CommandFailure(.unavailable, "\(error)")
        }
        // This comes last, because it takes rights away from this process.
        let confinement = Confinement.trial()
        let text = DoctorText(report: report, confinement: confinement, isVerbose: verbose)
        try StandardOutput.print(json ? Self.json(report, confinement) : text.lines.printableText)
        guard report.canRecord else { throw CommandFailure(.unavailable, "this host cannot record") }
    }

    private static func json(_ report: HostReport, _ confinement: Confinement.Trial) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(Judged(report: report, confinement: confinement)), as: UTF8.self)
    }

    /// A report, and what follows from it.
    private struct Judged: Encodable {
        let report: HostReport
        let confinement: Confinement.Trial

        private enum Key: String, CodingKey {
            case canRecord, recordableModes, landing, unconcealedFeatures, verdict, confinement
        }

        func encode(to encoder: any Encoder) throws {
            try report.encode(to: encoder)
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(report.canRecord, forKey: .canRecord)
            try container.encode(report.recordableModes, forKey: .recordableModes)
            let ways = GuestMode.allCases.compactMap { mode in report.landing(in: mode).map { (mode, $0) } }
            try container.encode(Dictionary(uniqueKeysWithValues: ways), forKey: .landing)
            try container.encode(report.unconcealedFeatures, forKey: .unconcealedFeatures)
            try container.encode(report.verdict, forKey: .verdict)
            try container.encode(confinement, forKey: .confinement)
        }
    }
}
