internal import Engine
internal import GDBStub
internal import Replayer
internal import Reports
internal import TraceFormat
internal import X86

extension RecordingTarget where P: ~Copyable {
    /// What the guest's text screen shows.
    func screen() throws -> String {
        var view = try debugger.view()
        guard let screen = try ScreenReport(&view) else { throw DebugTargetError("the machine has no text screen") }
        return screen.lines.printableText + "\n"
    }

    /// The messages that a Linux kernel keeps.
    func kernelLog() throws -> String {
        var view = try debugger.view()
        let regions = debugger.reader.header.machine.memory
        guard let note = try LinuxCrashNote(in: &view, regions: regions) else {
            throw DebugTargetError("no Linux kernel is running at this moment")
        }
        let lines = try LinuxKernelLog(note, in: &view).messages.flatMap {
            "\($0)".split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        }
        return lines.printableText + "\n"
    }

    /// The last calls, returns and interrupts up to where the guest stands, out of the last epoch, or of more if it has too few.
    /// A machine of its own executes them: the guest stays where it is.
    func calls(_ count: Int) throws -> String {
        let end = debugger.moment ?? start
        let reader = debugger.reader
        guard let last = try reader.keyframe(atOrBefore: end.event) else { return "" }
        var epochs = 1
        while true {
            let first = last - min(last, epochs - 1)
            let beginning = Moment(event: try reader.keyframeEntry(first).event)
            let list = try calls(count, from: beginning, to: end)
            guard list.count >= count || first == 0 || epochs >= Self.mostEpochs else {
                epochs *= 2
                continue
            }
            let left = list.count - list.lines.count
            let note = list.count == 0 ? "no calls since \(beginning)\n" : "\(left) earlier ones since \(beginning)\n"
            return (left > 0 || list.count == 0 ? note : "") + list.lines.map { $0.printable + "\n" }.joined()
        }
    }

    private static var mostEpochs: Int { 16 }

    private func calls(_ count: Int, from beginning: Moment, to end: Moment) throws -> CallLines {
        let list = CallLines(most: count, listing.symbols)
        var other = Debugger(try Timeline<P>(debugger.reader))
        try other.go(to: beginning)
        other.note([.calls, .interrupts, .exceptions]) { list.take($1, at: $0) }
        _ = try other.run(to: end) { false }
        return list
    }
}

/// The last of many calls.
private final class CallLines {
    private let most: Int
    private let symbols: SymbolTable
    private var tree = CallTree()
    /// The last ones, the oldest first.
    private var steps: [CallTree.Step] = []
    /// How many there were.
    private(set) var count = 0

    init(most: Int, _ symbols: SymbolTable) { (self.most, self.symbols) = (most, symbols) }

    func take(_ transfer: ControlTransfer, at moment: Moment) {
        steps.append(tree.take(transfer, at: moment))
        count += 1
        if steps.count >= 2 * most { steps.removeFirst(steps.count - most) }
    }

    var lines: [String] { steps.suffix(most).map { TransferLine($0, symbols).text } }
}
