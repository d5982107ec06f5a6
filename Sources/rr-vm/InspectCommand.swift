import ArgumentParser
import Engine
import Engines
import Replayer
import Reports
import SystemPackage
import TraceFormat
import X86

/// `rr-vm inspect`.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Look at the machine at any moment of a trace.",
        discussion: """
            A moment is EVENT, EVENT+INSTRUCTIONS, end, -EVENTS (before the end), SECONDSs (as in 12.5s), port:PORT (its \
            first access) or console:TEXT (the first time it shows). Addresses may be expressions such as rsp+8 or a \
            symbol. Without any of the options below, the command shows registers, code and stack.
            """
    )

    @Argument(help: "The trace; the latest one here if it is left out.")
    var file: FilePath?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The moment to look at.", valueName: "moment"),
        completion: .moments
    )
    var at = "end"

    @Flag(help: "Show all registers.")
    var regs = false

    @Option(
        name: .customLong("mem"),
        parsing: .upToNextOption,
        help: ArgumentHelp("Show memory: an address and a number of bytes.", valueName: "address length")
    )
    var memory: [String] = []

    @Flag(help: "The addresses of --mem are physical.")
    var phys = false

    @Option(help: ArgumentHelp("Show this many instructions, from the next one on.", valueName: "n"))
    var disasm: Int?

    @Flag(help: "Show the top of the stack.")
    var stack = false

    @Flag(help: "Show the calls that led there, as far as the guest's frame pointers tell.")
    var backtrace = false

    @Flag(help: "Show the text screen.")
    var screen = false

    @Flag(help: "Show what the console had printed up to the moment.")
    var console = false

    @Option(
        name: .customLong("pagetable"),
        help: ArgumentHelp("Show how paging translates an address.", valueName: "address")
    )
    var pageTable: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    /// The registers that are shown by default.
    private static let importantRegisters =
        Set(GeneralRegister.allCases.map { "\($0)" })
        .union(["rip", "rflags", "cs", "ds", "es", "fs", "gs", "ss", "cr0", "cr2", "cr3", "cr4", "efer", "pending"])

    private static let longestDump: UInt64 = 1 << 20
    private static let stackWords = 16
    private static let defaultInstructions = 8

    @OptionGroup var options: ReplayOptions

    func validate() throws {
        if memory.count % 2 != 0 { throw ValidationError("--mem needs an address and a length, as in --mem 0x7c00 64") }
        if let disasm, !(1...10_000).contains(disasm) { throw ValidationError("--disasm must be from 1 to 10000") }
        if phys, memory.isEmpty {
            throw ValidationError("--phys needs --mem: it makes the addresses of --mem physical")
        }
    }

    @OptionGroup var symbols: SymbolOptions
    @OptionGroup var engine: EngineOption
    @OptionGroup var confinement: ConfinementOption

    func run() throws {
        let reader = try TraceLocation.open(file, replaying: true, with: options, symbols: symbols) {
            confinement.keepOpenFiles(machines: engine.choice)
        }
        let report: InspectionReport
        do {
            report = try inspect(reader)
        } catch {
            throw CommandFailure(any: error)
        }
        try StandardOutput.print(json ? report.json : report.text)
    }

    private var showsDefault: Bool {
        !regs && memory.isEmpty && disasm == nil && !stack && !backtrace && !screen && !console && pageTable == nil
    }

    private func inspect(_ reader: TraceReader) throws -> InspectionReport {
        let listing = try CodeListing(reader)
        let moment = try MomentName(at).moment(in: reader)
        var report = InspectionReport(moment: moment, event: try reader.event(at: moment.event))
        if console { report.console = try ConsoleText.bytes(of: reader, through: moment.event) }
        guard
            regs || showsDefault || !memory.isEmpty || disasm != nil || stack || backtrace || screen || pageTable != nil
        else {
            return report
        }
        var view = try engine.view(at: moment, in: reader)
        if regs {
            report.registers = view.state.fields
        } else if showsDefault {
            report.registers = view.state.fields.filter { Self.importantRegisters.contains($0.0) }
        }
        if let count = disasm ?? (showsDefault ? Self.defaultInstructions : nil) {
            report.code = try listing.lines(at: view.state.instructionAddress, in: &view, limit: count)
        }
        if stack || showsDefault {
            report.stack = try StackListing(&view, symbols: listing.symbols, limit: Self.stackWords).entries
        }
        if backtrace { report.backtrace = try Backtrace(&view, symbols: listing.symbols).frames }
        for place in stride(from: 0, to: memory.count, by: 2) {
            report.dumps.append(try dump(memory[place], memory[place + 1], &view, listing))
        }
        if screen { report.screen = try ScreenReport(&view)?.lines ?? [] }
        if let pageTable {
            report.walk = try view.walk(GuestVirtualAddress(address(pageTable, &view, listing.symbols)))
        }
        return report
    }

    private func dump(
        _ place: String,
        _ length: String,
        _ view: inout MomentView,
        _ listing: CodeListing
    ) throws -> InspectionReport.Dump {
        let start = try address(place, &view, listing.symbols)
        let count = try address(length, &view, listing.symbols)
        guard (1...Self.longestDump).contains(count) else {
            throw CommandFailure(.usage, "--mem \(place) \(length): the length must be from 1 to \(Self.longestDump)")
        }
        let bytes =
            phys
            ? try listing.bytes(at: GuestPhysicalAddress(start), count: Int(count), in: &view) ?? []
            : try listing.bytes(at: GuestVirtualAddress(start), count: Int(count), in: &view)
        guard !bytes.isEmpty else {
            let kind = phys ? "there is no memory" : "nothing is mapped"
            throw CommandFailure(.usage, "--mem \(place): \(kind) at 0x\(String(start, radix: 16))")
        }
        return InspectionReport.Dump(address: start, isPhysical: phys, bytes: bytes, wanted: Int(count))
    }

    private func address(_ text: String, _ view: inout MomentView, _ symbols: SymbolTable) throws -> UInt64 {
        let value: UInt64?
        do {
            value = try Condition(text, symbols: symbols).value(in: &view)
        } catch let error as ConditionError {
            throw CommandFailure(.usage, "'\(text)': \(error)")
        }
        guard let value else { throw CommandFailure(.usage, "'\(text)' has no value at this moment") }
        return value
    }
}
