import TraceFormat

/// Ends a command with one line for the user and a status for the shell.
struct CommandFailure: Error {
    var status: ExitStatus
    /// Safe to print: control characters are escaped.
    var message: String

    /// A message of one line.
    init(_ status: ExitStatus, _ message: String) {
        self.init(status, text: message.printable)
    }

    /// A message of several lines that are already safe to print.
    init(_ status: ExitStatus, text: String) {
        self.status = status
        message = text
    }
}
