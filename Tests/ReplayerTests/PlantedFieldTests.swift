import EndToEnd
import GuestImages
import TestBasics
import Testing
import TraceFormat

@testable import Replayer

/// What becomes of a difference that is planted in a field of the format: docs/determinism.md has the table.
@Suite(.needsKVM) struct PlantedFieldTests {
    /// Over a thousand in all guests together.
    private static let plants = SlowTests.areIncluded ? 120 : 6
    private static let guests = [
        "hello", "pci-scan", "rtc-read", "pit-ticks", "tsc-hash", "rep-outs", "long-mode", "mmio", "tick-after-pio",
        "uart-echo",
    ]

    @Test(arguments: SlowTests.areIncluded ? guests : ["hello", "rtc-read", "pit-ticks"])
    func everyPlantIsFoundOrRefusedOrExplainedByItsField(_ name: String) throws {
        let reader = try Recording.make(.named(name), keyframeInterval: 20, maximumEvents: 300)
        let events = try reader.allEvents()
        var generator = SeededGenerator(seed: reader.eventCount)
        var planted = 0
        var number = 0

        while planted < Self.plants, number < 10 * Self.plants {
            let field = PlantedField.allCases[number % PlantedField.allCases.count]
            number += 1
            guard let changes = try field.changes(in: reader, events, using: &generator) else { continue }
            let directory = try TemporaryDirectory()
            let isAccepted = try Self.isAccepted { try reader.copy(to: directory.file("plant"), changes: changes) }

            #expect(field.mayBeAccepted || !isAccepted, "plant \(number) in \(name), \(field)")
            planted += 1
        }
        #expect(planted == Self.plants)
    }

    @Test func whatIsNoPlantIsAccepted() throws {
        let reader = try Recording.make(.named("hello"), keyframeInterval: 20)
        let directory = try TemporaryDirectory()

        #expect(try Self.isAccepted { try reader.copy(to: directory.file("copy"), changes: TraceChanges()) })
    }

    /// Whether a trace is said to be whole, and its replay to be equal and proved.
    private static func isAccepted(_ open: () throws -> TraceReader) throws -> Bool {
        do {
            let reader = try open()
            try reader.check()
            return try Replay(reader).result.get().epochsUnproved == 0
        } catch is TraceError {
            return false
        } catch is ReplayError {
            return false
        } catch is Divergence {
            return false
        }
    }
}
