import EndToEnd
import Foundation
import SystemPackage
import Testing

/// Who may import whom, as a table says it, on a checkout of two targets.
@Suite struct ImportMapTests {
    private static let table = """
        # Architecture

        | target | imports | what it is |
        |---|---|---|
        | `Words` | none | the words |
        | `Deeds` | `Words` | what is done with them |

        """

    /// Prints the map of a checkout with these files, each with its text.
    private static func map(_ files: [String: String]) throws -> Command.Result {
        let directory = try TemporaryDirectory()
        for (name, text) in files {
            let parent = directory.file(name).removingLastComponent()
            try FileManager.default.createDirectory(atPath: parent.string, withIntermediateDirectories: true)
            try directory.write(Array(text.utf8), to: name)
        }
        return try Command.shell("\(Checkout.root)/Scripts/import-map.sh .", in: directory)
    }

    private static func files(words: String = "", deeds: String = "internal import Words") -> [String: String] {
        [
            "docs/architecture.md": table, "Sources/Words/Word.swift": words,
            "Sources/Deeds/Part/Deed.swift": deeds,
        ]
    }

    @Test func aTreeThatIsAsTheTableSaysIsPrinted() throws {
        let result = try Self.map(Self.files(words: "import Glibc\n"))

        #expect(result.status == 0, "\(result.messages)")
        #expect(result.output == "Words:\nDeeds: Words\n")
    }

    @Test(arguments: ["import Deeds", "@testable import Deeds", "public import struct Deeds.Deed"])
    func aPlantedImportIsFound(text: String) throws {
        let result = try Self.map(Self.files(words: text))

        #expect(result.status == 1)
        #expect(result.messages.contains("Words imports Deeds, which the table"), "\(result.messages)")
        #expect(result.messages.contains("is not above it"), "\(result.messages)")
    }

    @Test func anImportThatNothingMakesIsFound() throws {
        let result = try Self.map(Self.files(deeds: "// import Words"))

        #expect(result.status == 1)
        #expect(result.messages.contains("has Deeds import Words, which it does not"), "\(result.messages)")
    }

    @Test func aTargetThatTheTableLacksIsFound() throws {
        let result = try Self.map(Self.files().merging(["Sources/Thoughts/Thought.swift": ""]) { $1 })

        #expect(result.status == 1)
        #expect(result.messages.contains("Thoughts is not in the table"), "\(result.messages)")
    }

    @Test func aTargetThatIsGoneIsFound() throws {
        var files = Self.files()
        files["Sources/Deeds/Part/Deed.swift"] = nil

        let result = try Self.map(files)

        #expect(result.status == 1)
        #expect(result.messages.contains("names Deeds, which is not in Sources"), "\(result.messages)")
    }
}
