import Foundation

/// Where the single-step tests are: SingleStepTests/80286 by Daniel Balsom (MIT), taken from a processor with a bus analyser.
/// One compressed file for each form of an instruction, with one test a line.
enum SingleStepFolder {
    /// The folder that RR_VM_SINGLESTEP names; else one named `singlestep` beside this checkout, or in a folder beside it.
    static let url: URL? = {
        if let path = ProcessInfo.processInfo.environment["RR_VM_SINGLESTEP"] { return URL(fileURLWithPath: path) }
        let package = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }
        let parent = package.deletingLastPathComponent()
        let beside = (try? FileManager.default.contentsOfDirectory(at: parent, includingPropertiesForKeys: nil)) ?? []
        return ([parent] + beside.sorted { $0.path < $1.path })
            .map { $0.appendingPathComponent("singlestep") }
            .first { FileManager.default.fileExists(atPath: $0.appendingPathComponent("00.jsonl.gz").path) }
    }()

    /// The forms there are, and the text of their files one behind the other.
    static func read() throws -> [(form: String, text: [UInt8])] {
        guard let url else { return [] }
        let names = try FileManager.default.contentsOfDirectory(atPath: url.path).filter { $0.hasSuffix(".jsonl.gz") }
        return try names.sorted().map { name in
            (String(name.dropLast(".jsonl.gz".count)), try decompress(url.appendingPathComponent(name)))
        }
    }

    private static func decompress(_ file: URL) throws -> [UInt8] {
        let gzip = Process()
        gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        gzip.arguments = ["gzip", "-dc", file.path]
        let output = Pipe()
        gzip.standardOutput = output
        try gzip.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        gzip.waitUntilExit()
        // Ends with a zero, so that it is one string of C.
        return Array(data) + [0]
    }
}
