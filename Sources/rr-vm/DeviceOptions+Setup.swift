import Machine
import Recorder
import Reports
import SystemPackage

extension DeviceOptions {
    private static let largestInput = 64 << 20

    /// Adds the devices to a run's set-up.
    func apply(to setup: inout RunSetup) throws(CommandFailure) {
        for option in drive { setup.drives.append(try option.open()) }
        setup.clock = clock
        setup.clockDate = rtcBase?.seconds
        setup.showsScreen = screen
        setup.notesUnclaimed = logUnclaimed
        if let input {
            setup.input.send(try FileSystem.read(input, what: "the input", limit: Self.largestInput))
        }
        if let inputScript {
            let bytes = try FileSystem.read(inputScript, what: "the input script", limit: Self.largestInput)
            do {
                setup.script = try InputScript(String(decoding: bytes, as: UTF8.self))
            } catch {
                throw CommandFailure(.badData, "\(inputScript): \(error)")
            }
        }
    }

    /// The options that a trace has no fields for. Files are named without their directories.
    var words: [String] {
        var words: [String] = []
        if let input { words.append("--input \(FileSystem.name(of: input))") }
        if let inputScript { words.append("--input-script \(FileSystem.name(of: inputScript))") }
        return words
    }

    /// The keys that end the run, for the line that shows progress.
    var endingKeys: String { rawKeys && usesStandardInput ? "Ctrl-A X" : "Ctrl-C" }

    /// Whether standard input is the guest's console.
    var usesStandardInput: Bool { input == nil && inputScript == nil }
}

extension DriveOption {
    /// Opens the image.
    func open() throws(CommandFailure) -> Drive {
        do {
            let image = try FileImage(path, forWriting: isWritable)
            let disk = Disk(image, writesImage: isWritable)
            return Drive(name: FileSystem.name(of: path), disk: disk, interface: interface)
        } catch {
            var status = ExitStatus.badData
            if error.isOfFile { status = .noInput }
            throw CommandFailure(status, "cannot use \(path) as a disk: \(error)")
        }
    }
}

extension RunSummary {
    /// Prints what the user asked for besides the outcome.
    func printExtras(asked options: DeviceOptions) throws(CommandFailure) {
        var output = StandardOutput()
        for line in screen?.split(separator: "\n", omittingEmptySubsequences: false).dropLast() ?? [] {
            try output.write(String(line))
        }
        if options.logUnclaimed {
            if unclaimed.isEmpty { try output.write("no access was unclaimed") }
            for (access, count) in unclaimed.sorted(by: { "\($0.key)" < "\($1.key)" }) {
                try output.write("\(access): \(Quantity.count(UInt64(count)))")
            }
        }
        try output.flush()
    }
}
