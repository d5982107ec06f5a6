import Testing

@testable import Engine
@testable import KVMEngine

@Suite struct RecurringNeedTests {
    /// Which of some runs bring what is needed along, where it is needed behind some of them.
    private static func expected(_ runs: Int, needed: Set<Int>) -> [Int] {
        var need = RecurringNeed()
        return (0..<runs).filter { run in
            let isExpected = need.isExpected()
            if needed.contains(run) { need.arise() }
            return isExpected
        }
    }

    @Test func nothingIsExpectedOfANeedThatDoesNotRecurSoon() {
        #expect(Self.expected(100, needed: []).isEmpty)
        #expect(Self.expected(100, needed: [10]).isEmpty)
        #expect(Self.expected(100, needed: [10, 26, 42]).isEmpty)
    }

    @Test func aNeedThatRecursIsExpectedForAWhile() {
        #expect(Self.expected(100, needed: [10, 25]) == Array(26..<42))
        #expect(Self.expected(100, needed: [10, 11, 12]) == Array(12..<29))
    }
}
