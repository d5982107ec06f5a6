import Testing

@testable import Replayer

/// Which of two engines executes epochs that end between two exits.
@Suite struct LandingChoiceTests {
    @Test func eachEngineIsTriedFirst() {
        var choice = LandingChoice()

        #expect(choice.next() == .lander)
        choice.note(1_000_000, of: .lander, isProved: true)
        #expect(choice.next() == .main)
    }

    @Test(arguments: [(main: UInt64(100_000), lander: UInt64(2_000_000)), (main: 30_000_000, lander: 1_000_000)])
    func cheaperEngineExecutesAlmostAll(costs: (main: UInt64, lander: UInt64)) {
        let count: UInt64 = 10_000
        let spent = Self.spend(count) { _ in costs }

        #expect(spent < count * min(costs.main, costs.lander) * 5 / 4)
    }

    @Test func guestThatDoesSomethingElseLaterIsFollowed() {
        let early = (main: UInt64(100_000), lander: UInt64(500_000))
        let late = (main: UInt64(5_000_000), lander: UInt64(500_000))

        let spent = Self.spend(2000) { $0 < 1000 ? early : late }

        #expect(spent < (1000 * early.main + 1000 * late.lander) * 3 / 2)
    }

    @Test func engineThatDoesNotGetThereIsTheDearerOne() {
        var choice = LandingChoice()
        _ = choice.next()
        choice.note(1_000_000, of: .lander, isProved: true)
        _ = choice.next()

        choice.note(10_000, of: .main, isProved: false)

        #expect(choice.next() == .lander)
    }

    @Test func looksAreBoundedByWhatTheOtherEngineCosts() {
        var choice = LandingChoice()
        choice.note(50_000_000, of: .lander, isProved: true)
        let many = choice.mostLooks
        choice.note(0, of: .lander, isProved: true)

        #expect(many > choice.mostLooks)
        #expect(LandingChoice().mostLooks > 0)
    }

    /// What so many epochs cost in all.
    private static func spend(_ count: UInt64, _ costs: (UInt64) -> (main: UInt64, lander: UInt64)) -> UInt64 {
        var choice = LandingChoice()
        var spent: UInt64 = 0
        for number in 0..<count {
            let engine = choice.next()
            let cost = engine == .main ? costs(number).main : costs(number).lander
            choice.note(cost, of: engine, isProved: true)
            spent += cost
        }
        return spent
    }
}
