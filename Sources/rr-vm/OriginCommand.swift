import ArgumentParser
import Engine
import Engines
import Replayer
import Reports
import SystemPackage
import TraceFormat
import X86

/// `rr-vm origin`.
struct OriginCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "origin",
        abstract: "Find where a value came from: back through moves and arithmetic to inputs and constants.",
        discussion: "The processor in software executes the guest, whatever recorded it. See docs/tracing.md."
    )

    @Argument(help: "The trace.")
    var file: FilePath

    @Argument(
        help: ArgumentHelp(
            "A register such as rax, ah, xmm1 or cf; or an address: a number, a symbol, or an expression such as rsp+8.",
            valueName: "address or register"
        )
    )
    var place: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The moment at which the value is looked at, written as for inspect.", valueName: "moment"),
        completion: .moments
    )
    var at = "end"

    @Option(
        name: .customLong("len"),
        help: ArgumentHelp("The number of bytes at an address. Default: 1.", valueName: "n")
    )
    var length: Int?

    @Flag(help: "The address is physical; otherwise the guest's paging at the given moment translates it.")
    var phys = false

    @Flag(help: "Follow the registers of addresses, and the flags of conditional moves, too.")
    var addresses = false

    @Option(help: ArgumentHelp("Follow so many steps one behind another.", valueName: "n"))
    var depth = OriginLimits().depth

    @Option(help: ArgumentHelp("End after so many steps in all.", valueName: "n"))
    var limit = OriginLimits().steps

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var options: ReplayOptions
    @OptionGroup var symbols: SymbolOptions
    @OptionGroup var engine: EngineOption
    @OptionGroup var confinement: ConfinementOption

    static let longest = 4096
    private static let mostSteps = 100_000

    func validate() throws {
        guard (1...Self.longest).contains(length ?? 1) else {
            throw ValidationError("--len must be from 1 to \(Self.longest)")
        }
        guard (1...Self.mostSteps).contains(depth) else {
            throw ValidationError("--depth must be from 1 to \(Self.mostSteps)")
        }
        guard (1...Self.mostSteps).contains(limit) else {
            throw ValidationError("--limit must be from 1 to \(Self.mostSteps)")
        }
        if engine.request == .kvm {
            throw ValidationError("only the processor in software can tell what it executes: leave out --engine kvm")
        }
    }

    func run() throws {
        do {
            let reader = try TraceLocation.open(file, replaying: true, with: options, symbols: symbols) {
                confinement.keepOpenFiles(machines: .soft)
            }
            let moment = try MomentName(at).moment(in: reader)
            let origin = try EngineChoice.soft.perform(Search(command: self, reader: reader, moment: moment))
            let names = try CodeListing(reader).symbols
            try StandardOutput.print(json ? OriginReport(origin, names).json() : origin.text(names))
            try CommandFailure.check(origin.missedLandings)
        } catch {
            throw CommandFailure(any: error)
        }
    }

    /// Searches on the chosen engine.
    private struct Search: EngineTask {
        let command: OriginCommand
        let reader: TraceReader
        let moment: Moment

        func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws -> Origin {
            try ReplayProgress.showing { progress in
                let listing = try CodeListing(reader)
                var debugger = Debugger(try Timeline<P>(reader, showing: progress))
                try debugger.go(to: moment)
                var view = try debugger.view()
                let target = try command.target(at: moment, in: &view, listing.symbols)
                let limits = OriginLimits(
                    depth: command.depth,
                    steps: command.limit,
                    followsSelectors: command.addresses
                )
                var search = try OriginSearch(debugger, listing, limits: limits)
                return try search.origin(of: target)
            }
        }
    }

    /// What the command line names, in the view of the moment.
    private func target(at moment: Moment, in view: inout LiveView, _ symbols: SymbolTable) throws -> OriginTarget {
        if let register = OriginTarget(register: place) {
            guard length == nil, !phys else {
                throw CommandFailure(.usage, "--len and --phys need an address, and \(place) is a register")
            }
            return register
        }
        if OriginTarget.isUnfollowed(register: place) {
            throw CommandFailure(
                .usage,
                "the origin of \(place) cannot be followed: give a general register, an XMM register, a flag or an address"
            )
        }
        let memory = try WatchOptions.memory(
            place,
            length: length ?? 1,
            isPhysical: phys,
            at: moment,
            in: &view,
            symbols
        )
        let address = phys ? nil : try Condition(place, symbols: symbols).value(in: &view)
        return OriginTarget(memory, linear: address.map { GuestVirtualAddress($0) })
    }
}
