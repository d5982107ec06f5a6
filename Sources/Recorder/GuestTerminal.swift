internal import Devices
internal import TraceFormat

/// Shows the guest's console, and supplies its input.
struct GuestTerminal {
    var console: ConsoleOutput
    let input: ConsoleInput
    private var script: InputScript?
    private var stopText: TextMatcher?
    private let stopReason: StopReason

    init(_ setup: RunSetup) {
        console = ConsoleOutput(descriptor: setup.consoleDescriptor, willShow: setup.willShowConsole)
        input = setup.input
        script = setup.script
        stopText = setup.limits.consoleText.map(TextMatcher.init)
        stopReason = .consoleText(setup.limits.consoleText ?? "")
    }

    /// Types the part of the script that comes before any output.
    mutating func start() {
        if let bytes = script?.start() { input.send(bytes) }
    }

    /// Shows a byte of the console.
    ///
    /// - Returns: why the guest has to stop, if this byte completes a text that the run waits for.
    mutating func show(_ byte: UInt8, at now: MachineTime) -> StopReason? {
        console.write(byte, at: now)
        if let bytes = script?.consume(byte) { input.send(bytes) }
        let isFound = stopText?.consume(byte) ?? false
        return isFound ? stopReason : nil
    }
}
