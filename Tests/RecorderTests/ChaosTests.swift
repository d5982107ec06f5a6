import Testing

@testable import Recorder

@Suite struct ChaosTests {
    /// What one seed decides, asked the same questions.
    private func decisions(_ seed: UInt64) -> [UInt64] {
        var chaos = Chaos(seed: seed)
        return (0..<100).flatMap { _ in
            chaos.delayRead()
            return [chaos.letsExitPass() ? 1 : 0, chaos.patience(500_000), UInt64(chaos.share(of: 16)), chaos.skew]
        }
    }

    @Test(arguments: [UInt64(0), 1, .max])
    func aSeedAlwaysDecidesTheSame(seed: UInt64) {
        #expect(decisions(seed) == decisions(seed))
    }

    @Test func seedsDecideDifferently() {
        #expect(Set((UInt64(0)..<50).map(decisions)).count == 50)
    }

    @Test func everythingStaysWithinItsBounds() {
        var chaos = Chaos(seed: 7)
        for _ in 0..<10_000 {
            #expect(chaos.patience(500_000) <= 1_000_000)
            #expect((1...16).contains(chaos.share(of: 16)))
            #expect(chaos.share(of: 1) == 1)
            let skew = chaos.skew
            chaos.delayRead()
            #expect((0...100_000).contains(chaos.skew - skew))
        }
    }

    @Test func everyNumberOfADisksRequestsIsServedAtOnceAndNoPauseIsLong() {
        var chaos = Chaos(seed: 7)
        let batches = (0..<1000).map { _ in chaos.diskBatch() }
        #expect(Set(batches.map(\.count)) == Set(0...4))
        #expect(batches.allSatisfy { $0.pause <= 1_000_000 })
    }

    @Test func everyAmountOfInputComes() {
        var chaos = Chaos(seed: 7)
        #expect(Set((0..<1000).map { _ in chaos.share(of: 16) }) == Set(1...16))
    }
}
