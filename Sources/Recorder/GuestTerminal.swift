internal import Devices
internal import TraceFormat

/// Where the guest's console is shown, and what is typed on it.
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

    /// Types what is typed before anything is shown.
    mutating func start() {
        if let bytes = script?.start() { input.send(bytes) }
    }

    /// Shows a byte of the console.
    ///
    /// - Returns: why the guest has to stop, where it is the last of a text that was waited for.
    mutating func show(_ byte: UInt8, at now: MachineTime) -> StopReason? {
        console.write(byte, at: now)
        if let bytes = script?.consume(byte) { input.send(bytes) }
        let isFound = stopText?.consume(byte) ?? false
        return isFound ? stopReason : nil
    }
}
