import Foundation
import Testing

@testable import SoftCPU

@Suite("The software processor started anywhere")
struct RandomStartTests {
    private static let isSlow = ProcessInfo.processInfo.environment["RR_VM_SLOW_TESTS"] != nil
    private static let starts: UInt64 = isSlow ? 10_000 : 200
    private static let instructions: UInt64 = isSlow ? 1_000_000 : 20_000
    /// Shares of the starts, which run side by side.
    private static let shares: UInt64 = 8

    @Test("it neither leaves guest memory nor hangs", arguments: 0..<shares)
    func endures(_ share: UInt64) {
        for seed in stride(from: share, to: Self.starts, by: Int(Self.shares)) {
            let run = RandomRun(RandomStart(seed: seed), seed: seed)

            run.run(to: Self.instructions) { .max }

            #expect(!run.hangs, "seed \(seed)")
            #expect(run.isOver || run.processor.executed >= Self.instructions, "seed \(seed)")
        }
    }

    @Test("it comes to the same state in one run and in slices of any size", arguments: 0..<shares)
    func slices(_ share: UInt64) {
        for seed in stride(from: share, to: Self.starts, by: Int(Self.shares)) {
            let whole = RandomRun(RandomStart(seed: seed), seed: seed)
            let sliced = RandomRun(RandomStart(seed: seed), seed: seed)
            var random = RandomOperands(seed: seed)

            whole.run(to: 5_000) { .max }
            sliced.run(to: 5_000) { Int(1 + random.next() % 7) }

            #expect(whole.processor.executed == sliced.processor.executed, "seed \(seed)")
            #expect(whole.isOver == sliced.isOver, "seed \(seed)")
            #expect(whole.processor.state == sliced.processor.state, "seed \(seed)")
            #expect(whole.memory.difference(sliced.memory) == nil, "seed \(seed)")
        }
    }
}
