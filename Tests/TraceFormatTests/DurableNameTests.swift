import Foundation
import SystemPackage
import Testing
import X86

@testable import TraceFormat

/// A name that only the kernel knows is gone with the machine, and the file with it.
@Suite struct DurableNameTests {
    @Test(arguments: [(SyncPolicy.none, [0, 0, 0]), (.interval, [1, 2, 3]), (.every, [1, 2, 3])])
    func creatingReplacingAndPublishingAreBroughtToTheDisk(policy: SyncPolicy, counts: [Int]) throws {
        let sink = MemorySink()

        var writer = try TraceWriter(sink: sink, header: .sample, options: .init(sync: policy))
        let created = sink.nameSynchronisations
        try writer.replace("other")
        let replaced = sink.nameSynchronisations
        try writer.finish(.halted, time: 0)

        #expect([created, replaced, sink.nameSynchronisations] == counts)
    }

    @Test func aNameInADirectoryThatIsGoneIsAnError() throws {
        let directory = try TemporaryDirectory()
        try FileManager.default.createDirectory(
            atPath: directory.file("gone").string,
            withIntermediateDirectories: false
        )
        let sink = try FileSink(path: directory.file("gone").appending("a"))
        try sink.synchronizeName()

        try FileManager.default.removeItem(atPath: directory.file("gone").string)

        let missing = TraceError.io(
            operation: "synchronize",
            path: directory.file("gone"),
            errno: .noSuchFileOrDirectory
        )
        #expect(throws: missing) { try sink.synchronizeName() }
    }
}
