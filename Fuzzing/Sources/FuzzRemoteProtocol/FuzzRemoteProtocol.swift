import GDBStub
import X86

/// Takes the input for what a client of gdb's remote protocol sends: its first byte says in pieces of which size. A trap is
/// the finding, and so is an answer that is longer than the protocol was told.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRemoteProtocol(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = [UInt8](UnsafeBufferPointer(start: start, count: count))
    guard let size = input.first else { return 0 }
    let target = Target(RegisterLayout.Width.allCases[Int(size) % 3])
    _ = GDBSession(Client(input.dropFirst(), Int(size % 16) + 1), target: target).run()
    return 0
}

/// Sends the input.
private final class Client: DebugChannel {
    private var rest: ArraySlice<UInt8>
    private let size: Int

    init(_ bytes: ArraySlice<UInt8>, _ size: Int) { (rest, self.size) = (bytes, size) }

    func receive(waits: Bool) -> [UInt8]? {
        guard !rest.isEmpty else { return nil }
        defer { rest = rest.dropFirst(size) }
        return Array(rest.prefix(size))
    }

    func send(_ bytes: [UInt8]) -> Bool {
        precondition(bytes.count <= 2 * PacketDecoder.mostBytes + 4, "an answer is too long")
        return true
    }
}

/// Can do everything, and keeps what it is told.
private final class Target: ReversibleTarget, WatchingTarget, WritableTarget, MonitoredTarget, RestartableTarget,
    SymbolTarget
{
    let layout: RegisterLayout
    private var present = ProcessorState()
    private var memory = [UInt8](repeating: 0, count: 4096)
    private var breakpoints: Set<UInt64> = []
    private var watchpoints: Set<Watchpoint> = []
    let symbolFile: [UInt8]? = [UInt8](repeating: 0x24, count: 20_000)

    init(_ width: RegisterLayout.Width) { layout = RegisterLayout(width) }

    func state() -> ProcessorState { present }
    func write(_ state: ProcessorState) { present = state }

    func read(_ address: UInt64, count: Int) -> [UInt8] {
        guard address < UInt64(memory.count) else { return [] }
        return Array(memory[Int(address)...].prefix(count))
    }

    func write(_ bytes: [UInt8], at address: UInt64) throws(DebugTargetError) {
        guard address < UInt64(memory.count), bytes.count <= memory.count - Int(address) else {
            throw DebugTargetError("there is no memory there")
        }
        memory.replaceSubrange(Int(address)..<Int(address) + bytes.count, with: bytes)
    }

    func insertBreakpoint(at address: UInt64) { breakpoints.insert(address) }
    func removeBreakpoint(at address: UInt64) { breakpoints.remove(address) }
    func insertWatchpoint(_ watchpoint: Watchpoint) { watchpoints.insert(watchpoint) }
    func removeWatchpoint(_ watchpoint: Watchpoint) { watchpoints.remove(watchpoint) }

    func resume(_ resumption: Resumption, isInterrupted: () -> Bool) -> DebugStop {
        if isInterrupted() { return .interrupted }
        return watchpoints.first.map { .watchpoint($0) } ?? (breakpoints.isEmpty ? .end : .breakpoint)
    }

    func takeMessages() -> [String] { breakpoints.isEmpty ? [] : ["a note"] }
    func monitor(_ command: String) -> String { command }
    func restart() {}
}
