internal import Devices
internal import TraceFormat

/// Shows the guest's console, and supplies its input.
struct GuestTerminal {
    var console: ConsoleOutput
    let input: ConsoleInput
    private var script: InputScript?
    private var stopText: TextMatcher?
    private let stopReason: StopReason
    private let stop: StopRequest
    /// The text at which the run stops has been shown.
    private(set) var isFound = false

    /// How long the rest of the line may take, in seconds. A prompt has none.
    private static let lineTime = 0.1

    init(_ setup: RunSetup) {
        console = ConsoleOutput(descriptor: setup.consoleDescriptor, willShow: setup.willShowConsole)
        input = setup.input
        script = setup.script
        stopText = setup.limits.consoleText.map(TextMatcher.init)
        stopReason = .consoleText(setup.limits.consoleText ?? "")
        stop = setup.stop
    }

    /// Types the part of the script that comes before any output.
    mutating func start() {
        if let bytes = script?.start() { input.send(bytes) }
    }

    /// Shows a byte of the console.
    ///
    /// - Returns: why the guest has to stop, if this byte ends the line with a text that the run waits for. If the line
    ///   does not end soon, the guest is asked to stop.
    mutating func show(_ byte: UInt8, at now: MachineTime) -> StopReason? {
        console.write(byte, at: now)
        if let bytes = script?.consume(byte) { input.send(bytes) }
        if stopText?.consume(byte) ?? false, !isFound {
            isFound = true
            if byte != UInt8(ascii: "\n") { stop.request(stopReason, afterSeconds: Self.lineTime) }
        }
        return isFound && byte == UInt8(ascii: "\n") ? stopReason : nil
    }
}
