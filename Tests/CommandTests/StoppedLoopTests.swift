import ByteCoding
import EndToEnd
import Engine
import KVMEngine
import Testing
import TraceFormat
import X86

/// Recordings that were stopped while the guest went round a loop, millions of turns after its last exit.
@Suite(.needsKVM, .enabled(if: HostProbe.canStop(in: .protected32), "this host cannot stop a guest"))
struct StoppedLoopTests {
    /// 32-bit code: cli; 1: inc %eax; jmp 1b
    private static let code: [UInt8] = [0xFA, 0x40, 0xEB, 0xFD]

    private func record(in directory: borrowing TemporaryDirectory) throws -> TraceReader {
        try directory.write(Self.code, to: "guest")
        let words = ["record", "guest", "--flat", "--mode", "protected", "--memory", "16M", "--max-time", "0.4"]
        let result = try Command(words + ["-o", "trace.rrvm"], in: directory).wait()
        #expect(result.status == 0)
        return try TraceReader(path: directory.file("trace.rrvm"))
    }

    @Test func theEndIsAnotherTurnOfTheLoop() throws {
        let directory = try TemporaryDirectory()
        _ = try record(in: directory)

        let result = try Command.run("verify", "trace.rrvm", in: directory)
        let exact = try Command.run("verify", "--engine", "kvm", "--landing", "exact", "trace.rrvm", in: directory)

        #expect(result.status == 0, "\(result.messages)")
        #expect(result.output.contains("the recording was stopped in a loop"), "\(result.output)")
        #expect(exact.status == 1)
    }

    /// Changes of the last state that no turn of the loop makes.
    private static let plants: [String: @Sendable (inout ProcessorState) -> Void] = [
        "rbx": { $0.general[3] ^= 1 },
        "fs": { $0.segments.fs.selector ^= 0x10 },
        "cr2": { $0.control.cr2 ^= 0x1000 },
    ]

    @Test(arguments: SlowTests.areIncluded ? ["rbx", "fs", "cr2"] : ["rbx"])
    func whatNoTurnChangesLeavesTheEndUnproved(plant: String) throws {
        let directory = try TemporaryDirectory()
        let reader = try record(in: directory)
        let last = UInt32(reader.keyframeCount - 1)
        let change = try #require(Self.plants[plant])
        var changes = TraceChanges()
        changes.keyframe = { keyframe in
            guard keyframe.number == last else { return }
            change(&keyframe.state)
            keyframe.digest = StateDigest(processor: keyframe.state.digest, memory: keyframe.digest.memory)
        }
        _ = try reader.copy(to: directory.file("changed.rrvm"), changes: changes)

        let result = try Command.run("verify", "changed.rrvm", in: directory)

        #expect(result.status == 1)
        #expect(result.messages.contains("unproved"), "\(result.messages)")
    }
}
