import ByteCoding
import EndToEnd
import Foundation
import SystemPackage
import TestBasics
import Testing
import X86

@testable import TraceFormat

/// Tools/read-trace.py was written from docs/trace-format.md alone: where it reads the same, the page is true.
@Suite(.enabled(if: IndependentReader.isAvailable, "needs python3-lz4, python3-xxhash and python3-zstandard"))
struct IndependentReaderTests {
    @Test(arguments: [SampleTrace.writeSmall, SampleTrace.writeLarge, SampleTrace.writeManyEvents])
    func itPrintsTheSameEvents(write: @Sendable (FilePath) throws -> Void) throws {
        let directory = try TemporaryDirectory()
        try write(directory.file("a"))
        let ours = TraceContents(directory.file("a")).events.map(\.json)
        #expect(try IndependentReader.run([directory.file("a").string]) == ours)
    }

    @Test(arguments: IndependentReader.goldenTraces)
    func itPrintsWhatOurCommandPrints(trace: String) throws {
        let theirs = try IndependentReader.run([trace])
        #expect(!theirs.isEmpty)
        #expect(try IndependentReader.lines(of: Command.executable, ["events", "--json", trace]) == theirs)
    }

    @Test func itReadsATraceWithoutAnEndAsFarAsWeDo() throws {
        let directory = try TemporaryDirectory()
        try SampleTrace.writeLarge(to: directory.file("a"))
        let handle = try FileHandle(forUpdating: URL(filePath: directory.file("a").string))
        try handle.truncate(atOffset: handle.seekToEnd() * 2 / 3)
        let contents = TraceContents(directory.file("a"))
        #expect(contents.failure == nil)
        let ours = contents.events.map(\.json)
        #expect(!ours.isEmpty)
        #expect(try IndependentReader.run([directory.file("a").string]) == ours)
    }

    @Test func itListsWhatWasCompleted() throws {
        let directory = try TemporaryDirectory()
        try SampleTrace.writeSmall(to: directory.file("a"))
        try SampleTrace.writeLarge(to: directory.file("b"))
        let lines = SampleTrace.completedInstructions.sorted { $0.key < $1.key }
            .map { "{\"instruction\":\"\($0.key)\",\"count\":\($0.value)}" }

        #expect(try IndependentReader.run([directory.file("a").string, "--completed"]) == lines)
        #expect(try IndependentReader.run([directory.file("b").string, "--completed"]).isEmpty)
    }

    @Test func itFindsTheSameStateAtEveryKeyframe() throws {
        let directory = try TemporaryDirectory()
        try SampleTrace.writeKeyframes(to: directory.file("a"))
        let lines = try IndependentReader.run([directory.file("a").string, "--keyframes"])
        #expect(lines.count == 80)
        for line in lines {
            let fields = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            #expect(fields["computedProcessor"] as? String == fields["storedProcessor"] as? String)
            #expect(fields["computedMemory"] as? String == fields["storedMemory"] as? String)
        }
    }
}

/// Runs Tools/read-trace.py.
enum IndependentReader {
    /// The project.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        .standardizedFileURL
    static let script = root.appending(path: "Tools/read-trace.py").path

    /// The traces that come with the project.
    static let goldenTraces: [String] = {
        let directory = root.appending(path: "traces").path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.filter { $0.hasSuffix(".rrvm") }.sorted().map { "\(directory)/\($0)" }
    }()

    /// The first Python that has what the script imports: the user's own, or the one that Debian's packages are for.
    private static let python = ["python3", "/usr/bin/python3"].first { (try? run(["--help"], by: $0)) != nil }

    static var isAvailable: Bool { python != nil }

    /// The lines that it prints.
    static func run(_ arguments: [String]) throws -> [String] { try run(arguments, by: python ?? "python3") }

    private static func run(_ arguments: [String], by python: String) throws -> [String] {
        try lines(of: python, [script] + arguments)
    }

    /// The lines that a program prints.
    static func lines(of program: String, _ arguments: [String]) throws -> [String] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(status: process.terminationStatus) }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    struct Failure: Error {
        var status: Int32
    }
}

extension SampleTrace {
    /// More events than one chunk holds, in a regular pattern with exceptions.
    static func writeManyEvents(to path: FilePath) throws {
        var writer = try TraceWriter(path: path, header: .sample)
        var generator = SeededGenerator(seed: 15)
        for index in 0..<70_000 {
            let isRare = Int.random(in: 0..<50, using: &generator) == 0
            let port = PortAccess(port: Port(0x71), size: .byte, value: UInt32(index & 0x7F))
            let event = isRare ? Event.random(using: &generator) : .portRead(port)
            writer.append(event, rip: event.kind.isExit ? 7 : 0, time: UInt32(index / 9))
        }
        try writer.finish(.exited(code: .max), time: 0)
    }

    /// Keyframes with the digests that the format defines.
    static func writeKeyframes(to path: FilePath) throws {
        var writer = try TraceWriter(path: path, header: .sample)
        var memory = SampleMemory(seed: 16, pages: 30)
        for number in 0..<80 {
            for page in number == 0 ? Array(memory.pages.indices) : memory.change() {
                let bytes = memory.pages[page]
                writer.addPage(GuestPhysicalAddress(UInt64(page) * 4096), bytes.rawSpan)
            }
            var state = ProcessorState()
            state.rip = UInt64(number)
            state.modelSpecific = [0x1B: UInt64(number), 0x277: 1]
            state.pending.exception = number % 3 == 0 ? .init(vector: 14, errorCode: 2) : nil
            let digest = StateDigest(of: state, memory: memory.digest)
            writer.appendKeyframe(.synchronous, state: state, digest: digest, time: 0)
        }
        try writer.finish(.halted, time: 0)
    }
}
