import EndToEnd
import Foundation
import GuestImages
import Testing

/// What `docs/determinism.md` names as shown by a test.
@Suite struct DeterminismPageTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized

    /// Every name of a suite that some test declares.
    private static let suites: Set<String> = {
        let tests = root.appending(path: "Tests")
        let files =
            FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
        let texts = files.filter { $0.pathExtension == "swift" }.compactMap {
            try? String(contentsOf: $0, encoding: .utf8)
        }
        return Set(texts.flatMap { $0.matches(of: /struct (\w+Tests)\b/).map { String($0.output.1) } })
    }()

    /// What the page has in code's letters.
    private static func names() throws -> [String] {
        let page = try String(contentsOf: root.appending(path: "docs/determinism.md"), encoding: .utf8)
        return page.matches(of: /`([^`]+)`/).map { String($0.output.1) }
    }

    @Test func everySuiteOnThePageExists() throws {
        let named = Set(try Self.names().filter { $0.hasSuffix("Tests") && $0 != "Tests" })

        #expect(named.count >= 10)
        #expect(named.subtracting(Self.suites).isEmpty)
    }

    @Test func everyGuestOnThePageExists() throws {
        let page = try String(contentsOf: Self.root.appending(path: "docs/determinism.md"), encoding: .utf8)
        let lists = page.matches(of: /guests? ((`[\w-]+`(, )?)+)/).map { String($0.output.1) }
        let named = Set(lists.flatMap { $0.matches(of: /`([\w-]+)`/).map { String($0.output.1) } })

        #expect(named.count >= 15)
        #expect(named.subtracting(Guest.all.map(\.name)).isEmpty)
    }

    @Test func everyTickedGuestIsOnThePage() throws {
        #expect(Set(Guest.all.filter(\.isTicked).map(\.name)).subtracting(try Self.names()).isEmpty)
    }
}
