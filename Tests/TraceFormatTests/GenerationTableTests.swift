import Testing

@testable import TraceFormat

@Suite struct GenerationTableTests {
    @Test func aResetForgetsEveryNumber() {
        var table = GenerationTable()
        #expect(table[7] == 0)
        table[7] = 9
        table[65_535] = 65_535
        #expect(table[7] == 9)
        #expect(table[65_535] == 65_535)

        table.reset()

        #expect(table[7] == 0)
        #expect(table[65_535] == 0)
    }

    /// There are 65,535 generations. Then they begin again.
    @Test func aNumberOfTheSameGenerationLongAgoIsForgotten() {
        var table = GenerationTable()
        table[7] = 9

        for _ in 0..<65_535 { table.reset() }

        #expect(table[7] == 0)
    }
}
