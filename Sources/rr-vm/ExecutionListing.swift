import Engine
import Engines
import Replayer
import Reports
import TraceFormat
import X86

/// Makes the list of `rr-vm trace`, on the chosen engine.
struct ExecutionListing: EngineTask {
    let command: TraceCommand
    let reader: TraceReader
    let begin: Moment
    let end: Moment

    func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        let listing = try CodeListing(reader)
        let output = ExecutionOutput(limit: command.limit)
        try ReplayProgress.showing { progress in
            var debugger = Debugger(try Timeline<P>(reader, showing: progress))
            debugger.keepsCheckpoints = false
            try debugger.go(to: begin)
            if let address = command.writes {
                let place = try place(address, &debugger, listing.symbols)
                try listWrites(MemoryWrites(debugger, to: place, until: end, listing), output)
            } else if command.instructions {
                try listInstructions(&debugger, listing, output)
            } else {
                try listTransfers(&debugger, listing.symbols, output)
            }
        }
        try output.finish()
        if output.isFull { command.noteLimit(at: output.lastMoment) }
        for note in output.notes { StandardError.write("rr-vm: note: \(note)") }
    }

    /// The memory that `--writes` names, at the debugger's moment.
    private func place<P: EngineProcessor & ~Copyable>(
        _ address: String,
        _ debugger: inout Debugger<P>,
        _ symbols: SymbolTable
    ) throws -> WatchedMemory {
        var view = try debugger.view()
        return try WatchOptions.memory(
            address,
            length: command.length ?? 1,
            isPhysical: command.phys,
            at: begin,
            in: &view,
            symbols
        )
    }

    private func listWrites<P: EngineProcessor & ~Copyable>(
        _ writes: consuming MemoryWrites<P>,
        _ output: ExecutionOutput
    ) throws {
        while !output.isFull, let write = try writes.next(isInterrupted: { false }) {
            let line = WriteLine(write)
            try output.write(command.format == .json ? line.json() : line.text, at: write.moment)
        }
    }

    private func listInstructions<P: EngineProcessor & ~Copyable>(
        _ debugger: inout Debugger<P>,
        _ listing: CodeListing,
        _ output: ExecutionOutput
    ) throws {
        while !output.isFull, let present = debugger.moment, present < end,
            let executed = try debugger.executeNext(listing)
        {
            let line = InstructionLine(executed, listing.symbols)
            try output.write(command.format == .json ? line.json() : line.line, at: executed.moment)
        }
        output.notes = debugger.takeNotes()
    }

    private func listTransfers<P: EngineProcessor & ~Copyable>(
        _ debugger: inout Debugger<P>,
        _ symbols: SymbolTable,
        _ output: ExecutionOutput
    ) throws {
        let writer = TransferWriter(command, symbols, guest: reader.header.guest.name, output)
        writer.begin()
        debugger.note(command.noted) { moment, transfer in writer.take(transfer, at: moment) }
        let stop = try debugger.run(to: end) { output.isFull }
        writer.end()
        if stop == .passed, !output.isFull {
            throw CommandFailure(.usage, "there is no moment \(end): the next event comes before it")
        }
        output.notes = debugger.takeNotes()
    }
}

extension TraceCommand {
    /// What the engine has to note.
    var noted: TransferSet {
        if calls { return [.calls, .interrupts, .exceptions] }
        var set: TransferSet = []
        if exceptions { set.insert(.exceptions) }
        if interrupts { set.insert(.interrupts) }
        return set
    }
}

/// Writes calls, interrupts and exceptions as the command line asks for.
private final class TransferWriter {
    private let command: TraceCommand
    private let symbols: SymbolTable
    private let output: ExecutionOutput
    private var tree = CallTree()
    private var export: CallExport

    init(_ command: TraceCommand, _ symbols: SymbolTable, guest: String, _ output: ExecutionOutput) {
        (self.command, self.symbols, self.output) = (command, symbols, output)
        export = CallExport(guest: guest, symbols: symbols)
    }

    func begin() {
        if command.format == .perfetto { output.put(export.begin()) }
    }

    func end() {
        if command.format == .perfetto { output.put(export.finish()) }
    }

    func take(_ transfer: ControlTransfer, at moment: Moment) {
        guard !output.isFull else { return }
        guard command.calls else {
            return write(TransferLine(transfer, at: moment, symbols), at: moment)
        }
        let step = tree.take(transfer, at: moment)
        guard step.depth < command.depth ?? .max else { return }
        if command.format == .perfetto {
            output.put(export.take(step), at: moment)
        } else {
            write(TransferLine(step, symbols), at: moment)
        }
    }

    private func write(_ line: TransferLine, at moment: Moment) {
        output.attempt {
            command.format == .json ? try line.json() : line.text
        } at: {
            moment
        }
    }
}
