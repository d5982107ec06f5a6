import ArgumentParser
import Machine
import Platform
import Replayer
import Reports
import Symbols
import SystemPackage
import TraceFormat
import X86

/// Programs whose symbols and source lines a command shows besides those of the trace.
struct SymbolOptions: ParsableArguments {
    @Option(
        name: .customLong("symbols"),
        help: ArgumentHelp(
            "Show the symbols and source lines of a program's file too, or those of a System.map; @ADDRESS says where the guest "
                + "has the file's first byte. May be given several times.",
            discussion: "Where KASLR put a Linux kernel is found out. See docs/debugging.md, \"Symbols\".",
            valueName: "file[@address]"
        ),
        completion: .file()
    )
    var names: [String] = []

    /// The longest list of symbols as text.
    private static let longestList = 256 << 20

    /// Reads the files. Call this before the process gives up its rights.
    func load() throws(CommandFailure) -> AddedPrograms {
        var programs: [AddedPrograms.Program] = []
        for name in names { programs.append(try Self.program(name)) }
        return AddedPrograms(programs: programs)
    }

    private static func program(_ name: String) throws(CommandFailure) -> AddedPrograms.Program {
        let (path, address) = try split(name)
        let file: ProgramFile
        do throws(ProgramFile.Failure) {
            file = try ProgramFile(path)
        } catch {
            return try list(path, placed: address != nil, otherwise: error)
        }
        guard address != nil || !file.isRelocatable || file.start != 0 else {
            throw CommandFailure(
                .usage,
                "--symbols \(path): the file does not say where the guest has it: write \(path)@ADDRESS"
            )
        }
        var program = LoadedProgram(file)
        if let address { program.shift = address &- file.start }
        return AddedPrograms.Program(name: path.string, loaded: program, isPlaced: address != nil)
    }

    /// Reads a list of symbols as text from what is no program.
    private static func list(
        _ path: FilePath,
        placed: Bool,
        otherwise failure: ProgramFile.Failure
    ) throws(CommandFailure) -> AddedPrograms.Program {
        let content = try FileSystem.read(path, what: "symbols", limit: longestList)
        guard let symbols = SymbolList.symbols(in: String(decoding: content, as: UTF8.self)) else {
            throw CommandFailure(
                .badData,
                "--symbols \(path): neither a program (\(failure)) nor a list like System.map"
            )
        }
        guard !placed else {
            throw CommandFailure(
                .usage,
                "--symbols \(path): a list of symbols says where they are, so leave out @ADDRESS"
            )
        }
        return AddedPrograms.Program(name: path.string, loaded: LoadedProgram(symbols), isPlaced: false)
    }

    /// The file and the address of FILE@ADDRESS. A file of the whole name comes first.
    private static func split(_ name: String) throws(CommandFailure) -> (FilePath, address: UInt64?) {
        let whole = FilePath(argument: name)
        guard !FileSystem.exists(whole), let at = name.lastIndex(of: "@") else { return (whole, nil) }
        let text = name[name.index(after: at)...].lowercased()
        guard let address = UInt64(text.hasPrefix("0x") ? String(text.dropFirst(2)) : text, radix: 16) else {
            throw CommandFailure(
                .usage,
                "--symbols \(name): '\(text)' is no address: write it in hexadecimal, as in @0xffffffffc0000000"
            )
        }
        return (FilePath(argument: String(name[..<at])), address)
    }
}

/// The programs of ``SymbolOptions``, read.
struct AddedPrograms {
    fileprivate struct Program {
        var name: String
        var loaded: LoadedProgram
        /// Whether the user has said where it is.
        var isPlaced: Bool
    }

    fileprivate var programs: [Program]

    /// The names, at the addresses that the files say, as many as a trace can hold.
    var symbols: [ProgramSymbol] {
        programs.flatMap(\.loaded.symbols).prefix(GuestSymbol.mostInTrace).map {
            ProgramSymbol(name: $0.name, address: $0.address, size: $0.size)
        }
    }

    /// The same trace with the symbols and source lines. Says which program cannot be the guest's.
    func added(to reader: TraceReader) throws(CommandFailure) -> TraceReader {
        guard !programs.isEmpty else { return reader }
        do {
            var programs = programs
            if var view = try reader.lastState()?.view {
                if reader.header.setup.boot == .linux, programs.contains(where: { !$0.isPlaced }) {
                    let note = try LinuxCrashNote(in: &view, regions: reader.header.machine.memory)
                    let offset = note?.number("KERNELOFFSET") ?? 0
                    for index in programs.indices where !programs[index].isPlaced {
                        programs[index].loaded.shift &+= offset
                    }
                }
                for program in programs { try Self.check(program, in: &view) }
            }
            var reader = reader
            reader.addedSymbols = programs.flatMap(\.loaded.symbols)
            reader.sourceLines = programs.map(\.loaded).sourceLines
            return reader
        } catch {
            throw CommandFailure(any: error)
        }
    }

    /// Compares the build id with that in the guest's memory, where it is mapped.
    private static func check(_ program: Program, in view: inout KeyframeView) throws {
        guard let id = program.loaded.buildID else { return }
        let present = try view.read(id.address, count: id.bytes.count)
        guard present.count == id.bytes.count, present != id.bytes else { return }
        StandardError.write(
            "rr-vm: note: \(program.name) is not the program in the guest, or is elsewhere there: its build id is not at "
                + "\(id.address)"
        )
    }
}
