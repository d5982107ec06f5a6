import GDBStub
import X86

/// A machine whose memory counts from 0 and that goes nowhere.
final class FixedTarget: WatchingTarget, ReversibleTarget, MonitoredTarget {
    let layout: RegisterLayout
    var fixed = ProcessorState()
    var breakpoints: Set<UInt64> = []
    var watchpoints: [Watchpoint] = []
    var resumptions: [Resumption] = []
    var stop = DebugStop.stepped
    /// How often it asks whether to stop.
    var looks = 1

    init(_ width: RegisterLayout.Width = .bits64) { layout = RegisterLayout(width) }

    func state() -> ProcessorState { fixed }

    func read(_ address: UInt64, count: Int) -> [UInt8] {
        address < 0x1000 ? (0..<count).map { UInt8(truncatingIfNeeded: address &+ UInt64($0)) } : []
    }

    func insertBreakpoint(at address: UInt64) { breakpoints.insert(address) }
    func removeBreakpoint(at address: UInt64) { breakpoints.remove(address) }
    func insertWatchpoint(_ watchpoint: Watchpoint) { watchpoints.append(watchpoint) }
    func removeWatchpoint(_ watchpoint: Watchpoint) { watchpoints.removeAll { $0 == watchpoint } }

    func resume(_ resumption: Resumption, isInterrupted: () -> Bool) -> DebugStop {
        resumptions.append(resumption)
        for _ in 0..<looks where isInterrupted() { return .interrupted }
        return stop
    }

    func takeMessages() -> [String] { [] }
    func monitor(_ command: String) -> String { "you said \(command)\n" }
}

/// A client that sends what it was given, in pieces of a size, and keeps the answers.
final class ScriptedClient: DebugChannel {
    private var rest: ArraySlice<UInt8>
    private let size: Int
    var answers: [UInt8] = []

    init(_ bytes: [UInt8], inPiecesOf size: Int) { (rest, self.size) = (bytes[...], size) }

    func receive(waits: Bool) -> [UInt8]? {
        guard !rest.isEmpty else { return nil }
        defer { rest = rest.dropFirst(size) }
        return Array(rest.prefix(size))
    }

    func send(_ bytes: [UInt8]) -> Bool {
        answers += bytes
        return true
    }
}
