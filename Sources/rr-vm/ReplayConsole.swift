import ArgumentParser
import Dispatch
import Glibc
import SystemPackage
import TraceFormat

/// How fast a replay shows the guest's console.
enum ConsoleSpeed: String, CaseIterable, ExpressibleByArgument {
    /// As fast as the replay goes.
    case full
    /// No byte sooner after the replay's start than it came after the recording's.
    case recorded
}

/// Shows the guest's console again, on standard output.
struct ReplayConsole {
    private let speed: ConsoleSpeed
    private let start = DispatchTime.now()
    /// The time of the first event: more than 0 in a stretch that was cut out of a recording.
    private let firstTime: UInt32

    init(of reader: TraceReader, _ speed: ConsoleSpeed) {
        self.speed = speed
        var events = reader.events()
        firstTime = (try? events.next())?.time ?? 0
    }

    /// Shows what an event put on the console, if it did.
    func show(_ recorded: RecordedEvent) {
        let bytes = recorded.event.consoleBytes
        guard !bytes.isEmpty else { return }
        if speed == .recorded { wait(milliseconds: recorded.time &- firstTime) }
        _ = try? FileDescriptor.standardOutput.writeAll(bytes)
    }

    /// Waits until so much time has passed since the replay began.
    private func wait(milliseconds: UInt32) {
        let due = start.uptimeNanoseconds + UInt64(milliseconds) * 1_000_000
        let now = DispatchTime.now().uptimeNanoseconds
        if now < due { usleep(useconds_t(clamping: (due - now) / 1000)) }
    }
}
