public import ArgumentParser
import Engine
import Engines
public import GDBStub
import RecordingDebugger
import Replayer
import SystemPackage
import TraceFormat

/// What `debug` and `gdbserver` have in common.
struct DebugOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The moment to begin with, written as for inspect. Default: the end if the run ended by a fault, else the "
                + "beginning.",
            valueName: "moment"
        )
    )
    var at: String?

    @Option(
        help: ArgumentHelp(
            "The code that gdb is to expect: i8086, i386 or x86-64. Default: the widest of the recorded states.",
            valueName: "architecture"
        )
    )
    var arch: RegisterLayout.Width?

    @Option(
        help: ArgumentHelp(
            "What executes the guest. Default: the processor in software where it can, because it stops anywhere and "
                + "counts every instruction; else KVM.",
            valueName: "engine"
        )
    )
    var engine = EngineOption.Request.auto

    @OptionGroup var symbols: SymbolOptions
    @OptionGroup var options: ReplayOptions
    @OptionGroup var confinement: ConfinementOption
}

extension RegisterLayout.Width: ExpressibleByArgument {}

/// Serves one client, on the chosen engine.
struct DebugService: EngineTask {
    let reader: TraceReader
    let options: DebugOptions
    /// Waits for a client. Called when the guest stands where the session begins.
    let connect: () throws -> DescriptorChannel

    func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        let moment = try options.at.map { try MomentName($0).moment(in: reader) }
        let target = try RecordingTarget(Timeline<P>(reader), at: moment, width: options.arch)
        _ = GDBSession(try connect(), target: target).run()
    }

    /// Serves the client on the engine that was asked for.
    func perform() throws {
        switch options.engine {
        case .kvm: try EngineChoice.kvm.perform(self)
        case .soft: try EngineChoice.soft.perform(self)
        case .auto:
            do {
                try EngineChoice.soft.perform(self)
            } catch TimelineError.replay(.engine(let error)) {
                StandardError.write("rr-vm: note: KVM executes the guest, because software cannot: \(error)")
                try EngineChoice.kvm.perform(self)
            }
        }
    }
}
