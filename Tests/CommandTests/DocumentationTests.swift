import EndToEnd
import Foundation
import GuestImages
import SystemPackage
import Testing

/// What the documentation says of files and of commands' output is true.
@Suite struct DocumentationTests {
    private static let root = URL(filePath: Checkout.root.string)

    /// README, the pages of docs/ and the other pages at the top, by their paths from the top.
    private static let pages: [String] = {
        let manager = FileManager.default
        let top = (try? manager.contentsOfDirectory(atPath: root.path)) ?? []
        let docs = (try? manager.contentsOfDirectory(atPath: root.appending(path: "docs").path)) ?? []
        return (top + docs.map { "docs/\($0)" }).filter { $0.hasSuffix(".md") }.sorted()
    }()

    private static func text(of page: String) throws -> String {
        try String(contentsOf: root.appending(path: page), encoding: .utf8)
    }

    @Test(arguments: pages) func everyFileThatAPageNamesIsThere(page: String) throws {
        let text = try Self.text(of: page)
        let quoted = text.matches(of: #/`((?:[A-Za-z0-9_.-]+\/)*[A-Za-z0-9_.-]+\.md)`/#).map { String($0.output.1) }
        let linked = text.matches(of: #/\]\(([^)#\s]+)/#).map { String($0.output.1) }.filter { !$0.contains("://") }
        let directory = Self.root.appending(path: page).deletingLastPathComponent()

        for name in quoted + linked where name != "issue.md" {
            let places = [Self.root, directory].map { $0.appending(path: name).path }
            #expect(places.contains { FileManager.default.fileExists(atPath: $0) }, "\(page) names \(name)")
        }
    }

    @Test(arguments: pages) func everySectionThatAPageLinksToIsThere(page: String) throws {
        let text = try Self.text(of: page)

        for match in text.matches(of: #/\]\(([^)#:\s]*)#([^)\s]+)\)/#) {
            let target = match.output.1.isEmpty ? page : String(match.output.1)
            let headings = try Self.text(of: target).split(separator: "\n").filter { $0.hasPrefix("#") }.map(
                Self.anchor
            )
            #expect(headings.contains(String(match.output.2)), "\(page) links to \(match.output.0)")
        }
    }

    /// The name that a heading has in links.
    private static func anchor(_ heading: Substring) -> String {
        heading.drop { $0 == "#" || $0 == " " }.lowercased().filter { $0.isLetter || $0.isNumber || " -_".contains($0) }
            .replacing(" ", with: "-")
    }

    @Test func everyPageIsReachedFromTheReadme() throws {
        let readme = try Self.text(of: "README.md")

        for page in Self.pages where page.hasPrefix("docs/") { #expect(readme.contains("`\(page)`"), "\(page)") }
    }

    @Test func everyCommandIsInTheDocumentation() throws {
        let all = try Self.pages.filter { $0 != "CHANGELOG.md" }.map(Self.text).joined()

        for name in HelpTests.commands { #expect(all.contains("rr-vm \(name)"), "\(name)") }
    }

    /// The commands of README's story, in its order, give what it shows. Numbers may differ, and so may the moment that a
    /// command finds: the next commands are given that one.
    @Test(.needsKVM) func storyOfTheReadmeIsTrue() throws {
        let directory = try TemporaryDirectory()
        let readme = try Self.text(of: "README.md")
        let story = try #require(readme.firstMatch(of: #/## Find the bug\n([\s\S]*?)\n## /#)).output.1
        let blocks = story.matches(of: #/```console\n([\s\S]*?)```/#).map(\.output.1)
        try #require(blocks.count > 5)
        var found: (shown: String, real: String)?
        for command in blocks.flatMap({ $0.components(separatedBy: "$ rr-vm ").dropFirst() }) {
            let lines = command.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
            var line = String(lines[0])
            if let found { line = line.replacing(found.shown, with: found.real) }
            let wanted = lines.count > 1 ? String(lines[1]) : ""

            let result = try Command.shell("set -o pipefail; { \"$0\" \(line); } 2>&1", in: directory)

            // What a host's KVM lacks is told on some hosts only.
            let shown = result.output.split(separator: "\n").filter {
                !$0.contains("instructions that this host cannot")
            }
            .joined(separator: "\n")
            #expect(result.status == 0, "\(line): \(result)")
            #expect(Self.withoutNumbers(shown) == Self.withoutNumbers(wanted), "\(line)")
            let moment = #/at moment (\d+\+\d+)/#
            if let old = wanted.firstMatch(of: moment), let new = shown.firstMatch(of: moment) {
                found = (String(old.output.1), String(new.output.1))
            }
        }
        #expect(found != nil)
    }

    /// A text without its numbers that depend on the run. Addresses and bytes of the guest's code stay.
    private static func withoutNumbers(_ text: String) -> String {
        text.split(separator: "\n").map { line in
            line.hasPrefix("  0x")
                ? String(line)
                : String(line).replacing(#/0x[0-9a-f]+/#, with: "#").replacing(
                    #/\d[\d,.]*( [KMG]iB| bytes)?/#,
                    with: "#"
                )
        }.joined(separator: "\n")
    }
}
