import TraceFormat

/// Ends a command with one line for the user and a status for the shell.
struct CommandFailure: Error {
    var status: ExitStatus
    /// As it may be shown.
    var message: String

    /// A message of one line.
    init(_ status: ExitStatus, _ message: String) {
        self.init(status, text: message.printable)
    }

    /// A message of several lines, which were made to be shown.
    init(_ status: ExitStatus, text: String) {
        self.status = status
        message = text
    }
}
