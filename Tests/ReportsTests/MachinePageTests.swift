import EndToEnd
import Foundation
import SystemPackage
import Testing

@testable import Reports

@Suite struct MachinePageTests {
    @Test func everyPortThatHasANameIsOnThePageOfTheMachine() throws {
        let page = try String(contentsOfFile: Checkout.root.appending("docs/machine.md").string, encoding: .utf8)
        var listed: Set<UInt16> = []
        for match in page.matches(of: #/`0x([0-9a-f]{1,4})`(?: to `0x([0-9a-f]{1,4})`)?/#) {
            let first = UInt16(match.output.1, radix: 16) ?? 0
            let last = match.output.2.flatMap { UInt16($0, radix: 16) } ?? first
            listed.formUnion(first...max(first, last))
        }

        let missing = PlaceNames.ports.keys.filter { !listed.contains($0) }.sorted()

        // COM3 and COM4 are not there; a guest that looks for them finds nothing.
        #expect(missing.allSatisfy { (0x3E8...0x3EF).contains($0) || (0x2E8...0x2EF).contains($0) }, "\(missing)")
        #expect(PlaceNames.ports.count > 60)
    }
}
