import ArgumentParser
import Recorder
import Reports
import SystemPackage

/// `rr-vm run`: no recording, for comparison.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a guest without recording it, as a baseline."
    )

    @OptionGroup var machine: MachineOptions

    @OptionGroup var recording: RecordingOptions

    @OptionGroup var confinement: ConfinementOption

    func run() throws {
        let prepared = try machine.prepare()
        var setup = try machine.setup(recording, prepared)
        let cores = machine.unikernel.coreFiles
        setup.didOpen = confinement.untilOpen(
            directoriesOf: cores,
            machines: prepared.engine,
            opensLater: !cores.isEmpty
        )
        let interruption = Interruption(of: setup.stop)
        defer { interruption.end() }
        let progress = setup.progress
        let line = ProgressLine("running", endedBy: machine.devices.endingKeys) { progress.events }
        defer { line.end() }
        setup.willShowConsole = line.willShowConsole
        let summary: RunSummary
        do {
            summary = try machine.withConsole(of: setup) { () throws(RecorderError) in
                try Session.run(prepared.configuration, setup: setup)
            }
        } catch {
            throw CommandFailure(error)
        }
        line.end()
        StandardError.write(
            "rr-vm: \(summary.outcome); \(Quantity.count(summary.events)) events in \(Quantity.seconds(summary.seconds))"
        )
        StandardError.write(notesOn: summary)
        try summary.printExtras(asked: machine.devices)
        try summary.checkOutcome()
        try summary.endAsGuest(prepared.configuration, asked: machine.exitStatus)
    }
}
