import ByteCoding
import KVMCore
import TestBasics
import Testing
import X86

@testable import Engine
@testable import KVMEngine

@Suite(.needsKVM) struct DirtyPageTests {
    /// Writes to three addresses of two pages.
    private static let writer: [UInt8] = [
        0xC6, 0x06, 0x00, 0x50, 0x01,  // mov byte [0x5000], 1
        0xC6, 0x06, 0xFF, 0x5F, 0x02,  // mov byte [0x5fff], 2
        0xC6, 0x06, 0x00, 0x90, 0x03,  // mov byte [0x9000], 3
        0xF4,  // hlt
    ]

    private static func addresses(_ numbers: [UInt64]) -> [GuestPhysicalAddress] {
        numbers.map { GuestPhysicalAddress($0) }
    }

    @Test func whatTheGuestWroteIsAmongTheDirtyPages() throws {
        var machine = try TinyMachine(Self.writer)
        _ = try machine.processor.takeDirtyPages(expecting: [])
        #expect(try machine.run() == .halt)
        let pages = try machine.processor.takeDirtyPages(expecting: [])
        #expect(Set(pages).isSuperset(of: Self.addresses([0x5000, 0x9000])))
        #expect(pages == pages.sorted())
        #expect(try machine.processor.takeDirtyPages(expecting: []).isEmpty)
    }

    @Test func whatTheHostWroteIsAmongTheDirtyPages() throws {
        var machine = try TinyMachine([])
        _ = try machine.processor.takeDirtyPages(expecting: [])
        try machine.write([1, 2], at: 0x4FFF)
        try machine.write([1], at: TinyMachine.rom)
        #expect(
            try machine.processor.takeDirtyPages(expecting: []) == Self.addresses([0x4000, 0x5000, TinyMachine.rom])
        )
        #expect(try machine.processor.takeDirtyPages(expecting: []).isEmpty)
    }

    @Test func aCaptureNamesExactlyThePagesThatChanged() throws {
        var machine = try TinyMachine(Self.writer)
        var tracker = StateTracker()
        _ = try tracker.capture(&machine.processor)
        #expect(try machine.run() == .halt)
        #expect(try tracker.capture(&machine.processor).changedPages == Self.addresses([0x5000, 0x9000]))
    }

    @Test func aPageThatIsWrittenAndHasNotChangedIsNotNamed() throws {
        var machine = try TinyMachine(Self.writer)
        try machine.write([1], at: 0x5000)
        try machine.write([2], at: 0x5FFF)
        var tracker = StateTracker()
        _ = try tracker.capture(&machine.processor)
        #expect(try machine.run() == .halt)
        let capture = try tracker.capture(&machine.processor)
        #expect(capture.changedPages == Self.addresses([0x9000]))
        #expect(capture.writtenPages.contains(GuestPhysicalAddress(0x5000)))
    }

    /// Increments a byte, halts, and begins again.
    private static let incrementer: [UInt8] = [
        0xFE, 0x06, 0x00, 0x50,  // inc byte [0x5000]
        0xF4,  // hlt
        0xEB, 0xF9,  // jmp to the start
    ]

    @Test func pageThatIsExpectedToBeWrittenIsNamedUnseenUntilItIsNoLonger() throws {
        var machine = try TinyMachine(Self.incrementer)
        let page = GuestPhysicalAddress(0x5000)
        _ = try machine.run()
        _ = try machine.processor.takeDirtyPages(expecting: [page])

        let expected = try machine.processor.takeDirtyPages(expecting: [])
        let unexpected = try machine.processor.takeDirtyPages(expecting: [])
        _ = try machine.run()
        let written = try machine.processor.takeDirtyPages(expecting: [])

        #expect(try expected.contains(page) == Self.hostKeepsPagesWritten)
        #expect(!unexpected.contains(page))
        #expect(written.contains(page))
    }

    /// Whether KVM lets user space say when a page is to be looked out for again.
    private static var hostKeepsPagesWritten: Bool {
        get throws { try KVMSystem.open().createVM().check(.manualDirtyLogProtect2) & 1 != 0 }
    }

    @Test func capturesThatExpectRewritesMissNone() throws {
        var digests: [[StateDigest]] = []
        var changes: [[[GuestPhysicalAddress]]] = []
        for expectsRewrites in [false, true] {
            var machine = try TinyMachine(Self.incrementer)
            var tracker = StateTracker(expectsRewrites: expectsRewrites)
            let captures = try (0..<20).map { round in
                // In the middle nothing is written for long enough that the page is no longer expected.
                if !(7..<17).contains(round) { _ = try machine.run() }
                return try tracker.capture(&machine.processor)
            }
            digests.append(captures.map(\.digest))
            changes.append(captures.map(\.changedPages))
        }
        #expect(digests[0] == digests[1])
        #expect(changes[0] == changes[1])
        #expect(Set(digests[0]).count == 10)
    }

    @Test func pagesAreHotWhenTheyChangeTwiceAndColdWhenTheyNoLongerDo() {
        let page = GuestPhysicalAddress(0x5000)
        var hot = HotPages()

        hot.update(changed: [page])
        #expect(hot.pages.isEmpty)
        hot.update(changed: [])
        hot.update(changed: [page, GuestPhysicalAddress(0x6000)])
        #expect(hot.pages == [page])
        for _ in 0..<8 { hot.update(changed: []) }
        #expect(hot.pages == [page])
        hot.update(changed: [])
        #expect(hot.pages.isEmpty)
        hot.update(changed: [page])
        #expect(hot.pages.isEmpty)
    }

    @Test func equalRunsHaveEqualDigests() throws {
        var digests: [[StateDigest]] = []
        for _ in 0..<2 {
            var machine = try TinyMachine(Self.writer)
            var tracker = StateTracker()
            let first = try tracker.capture(&machine.processor).digest
            #expect(try machine.run() == .halt)
            let second = try tracker.capture(&machine.processor).digest
            #expect(first.memory != second.memory)
            #expect(first.processor != second.processor)
            digests.append([first, second])
        }
        #expect(digests[0] == digests[1])
    }

    @Test func oneByteThatTheHostChangesShowsInTheDigest() throws {
        var machine = try TinyMachine([0xF4])  // hlt
        var tracker = StateTracker()
        let before = try tracker.capture(&machine.processor).digest
        try machine.write([1], at: 0x5000)
        let after = try tracker.capture(&machine.processor).digest
        #expect(before.memory != after.memory)
        #expect(before.processor == after.processor)
    }

    @Test func aCaptureCompletesWhatIsPending() throws {
        var machine = try TinyMachine([0xE4, 0x10, 0xF4])  // in al, 0x10; hlt
        var tracker = StateTracker()
        _ = try machine.run()
        machine.processor.answer(0x5A)
        let state = try tracker.capture(&machine.processor).state
        #expect(state[.rax] & 0xFF == 0x5A)
        #expect(state.rip == UInt64(TinyMachine.start) + 2)
    }
}
