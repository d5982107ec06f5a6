import ArgumentParser
import Engine
import Replayer
import SystemPackage
import TraceFormat
import X86

/// The options that say which memory is watched.
struct WatchOptions: ParsableArguments {
    @Argument(help: "The trace.")
    var file: FilePath

    @Argument(help: "The address: a number, a symbol, or an expression such as rsp+8.")
    var address: String

    @Option(name: .customLong("len"), help: ArgumentHelp("The number of bytes.", valueName: "n"))
    var length = 1

    @Flag(help: "The address is physical; otherwise the guest's paging at the given moment translates it.")
    var phys = false

    @Flag(help: "Print a JSON object for each change.")
    var json = false

    @OptionGroup var options: ReplayOptions
    @OptionGroup var symbols: SymbolOptions
    @OptionGroup var engine: EngineOption
    @OptionGroup var confinement: ConfinementOption

    static let longest = 65_536
    /// How many stretches a note lists.
    private static let listed = 10

    /// Says between which moments changes may be missing.
    func note(_ unseen: [ClosedRange<Moment>]) {
        guard !unseen.isEmpty else { return }
        let stretches = unseen.prefix(Self.listed).map { "\($0.lowerBound) to \($0.upperBound)" }.joined(
            separator: ", "
        )
        StandardError.write(
            "rr-vm: note: the guest cannot be stepped between some moments (it debugs itself, or this host cannot stop "
                + "it), so changes that were undone again may be missing: \(stretches)\(unseen.count > Self.listed ? ", ..." : "")"
        )
    }

    func validate() throws {
        guard (1...Self.longest).contains(length) else {
            throw ValidationError("--len must be from 1 to \(Self.longest)")
        }
    }

    /// The memory, as paging translates the address at a moment. Moves the timeline there.
    func memory<P: DebuggableProcessor & ~Copyable>(
        at moment: Moment,
        _ timeline: inout Timeline<P>,
        _ symbols: SymbolTable
    ) throws -> WatchedMemory {
        try timeline.seek(to: moment)
        var view = try timeline.view()
        return try Self.memory(address, length: length, isPhysical: phys, at: moment, in: &view, symbols)
    }

    /// The memory at an address that an expression gives, in the view of a moment.
    static func memory(
        _ expression: String,
        length: Int,
        isPhysical: Bool,
        at moment: Moment,
        in view: inout LiveView,
        _ symbols: SymbolTable
    ) throws -> WatchedMemory {
        guard let address = try Condition(expression, symbols: symbols).value(in: &view) else {
            throw CommandFailure(.usage, "'\(expression)' has no value at moment \(moment)")
        }
        if isPhysical {
            guard view.read(GuestPhysicalAddress(address), count: length) != nil else {
                throw noMemory(length, at: "physical address", address)
            }
            return WatchedMemory(physical: GuestPhysicalAddress(address), count: length)
        }
        guard let memory = try WatchedMemory(linear: GuestVirtualAddress(address), count: length, in: &view) else {
            throw CommandFailure(.usage, "nothing is mapped at 0x\(String(address, radix: 16)) at moment \(moment)")
        }
        // Paging, or its absence, can lead to addresses beyond the memory.
        guard try view.read(GuestVirtualAddress(address), count: length).count == length else {
            throw noMemory(length, at: "address", address)
        }
        return memory
    }

    private static func noMemory(_ length: Int, at place: String, _ address: UInt64) -> CommandFailure {
        CommandFailure(
            .usage,
            "the guest has no memory for \(length) \(length == 1 ? "byte" : "bytes") at \(place) "
                + "0x\(String(address, radix: 16)): choose an address in its memory, whose size rr-vm info shows"
        )
    }
}
