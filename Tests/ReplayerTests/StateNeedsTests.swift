import ByteCoding
import EndToEnd
import Engine
import GuestImages
import SystemPackage
import Testing
import TraceFormat
import X86

@testable import Replayer

/// What is said of the components and registers that states need.
@Suite(.needsKVM) struct StateNeedsTests {
    @Test func whatAnyStateNeedsIsNamed() throws {
        let reader = try Recording.make(.named("hello"))
        let directory = try TemporaryDirectory()
        var changes = TraceChanges()
        changes.keyframe = { keyframe in
            keyframe.state.control.xcr0 |= keyframe.number == 0 ? 1 << 2 : 1 << 9
            keyframe.state.modelSpecific[0xC000_0100 + keyframe.number] = 1
            keyframe.digest.processor = keyframe.state.digest
        }
        let needs = try StateNeeds(reader.copy(to: directory.file("changed.rrvm"), changes: changes))

        let obstacles = needs.obstacles(supported: 3) { $0 != 0xC000_0101 }
        #expect(obstacles.contains { $0.hasPrefix("XCR0 bit 2 (AVX)") })
        #expect(obstacles.contains { $0.hasPrefix("XCR0 bit 9 (PKRU)") })
        #expect(obstacles.contains { $0.hasPrefix("MSR 0xc0000101") })
        #expect(obstacles.count == 3)
        #expect(needs.obstacles(supported: .max) { _ in true }.isEmpty)
    }
}
