import Machine

/// Turns command lines as users of Solo5's own tender write them into those of rr-vm.
enum TenderArguments {
    private static let commands: Set = ["record", "run"]
    /// Options with a device's name after a colon, which the option parser cannot parse.
    private static let named = ["--block", "--block-sector-size", "--net", "--net-mac"]

    /// The arguments with `--block:NAME=FILE` as `--block NAME=FILE`, and so on, and `--mem=MB` as `--memory MBM`. What
    /// comes after `--` is for the guest and stays as it is, as do the arguments of commands that start no guest.
    ///
    /// - Throws: a usage error for an option without name or value.
    static func translated(_ arguments: [String]) throws(CommandFailure) -> [String] {
        guard let command = arguments.first, commands.contains(command) else { return arguments }
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        var translated: [String] = []
        for argument in arguments[..<end] {
            if let option = named.first(where: { argument.hasPrefix($0 + ":") }) {
                let assignment = argument.dropFirst(option.utf8.count + 1)
                let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                    throw CommandFailure(.usage, "'\(argument)' must have the form '\(option):NAME=VALUE'")
                }
                translated += [option, String(assignment)]
            } else if argument.hasPrefix("--mem=") {
                let size = argument.dropFirst("--mem=".utf8.count)
                guard let megabytes = UInt32(size), megabytes > 0 else {
                    throw CommandFailure(
                        .usage,
                        "'\(argument)' must have the form '--mem=MB', with whole megabytes above 0"
                    )
                }
                translated += ["--memory", "\(megabytes)M"]
            } else {
                translated.append(argument)
            }
        }
        return translated + arguments[end...]
    }
}
