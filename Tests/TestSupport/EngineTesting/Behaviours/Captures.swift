import ByteCoding
import Engine
import GuestMemory
import Testing
import X86

/// What a `StateTracker` makes of an engine's states and dirty pages.
extension EngineBehaviours {
    static let captures: [any EngineBehaviour] = [
        ACaptureNamesExactlyThePagesThatChanged(), APageThatIsWrittenAndHasNotChangedIsNotNamed(),
        CapturesThatExpectRewritesMissNone(), EqualRunsHaveEqualDigests(), OneByteThatTheHostChangesShowsInTheDigest(),
        ACaptureCompletesWhatIsPending(),
    ]
}

struct ACaptureNamesExactlyThePagesThatChanged: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>(Writers.twoPages)
        var tracker = StateTracker()
        _ = try tracker.capture(&machine.processor)
        #expect(try machine.run() == .halt)
        let changed = try tracker.capture(&machine.processor).changedPages
        #expect(changed == Writers.addresses([0x5000, 0x9000]))
    }
}

struct APageThatIsWrittenAndHasNotChangedIsNotNamed: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>(Writers.twoPages)
        try machine.write([1], at: 0x5000)
        try machine.write([2], at: 0x5FFF)
        var tracker = StateTracker()
        _ = try tracker.capture(&machine.processor)
        #expect(try machine.run() == .halt)
        let capture = try tracker.capture(&machine.processor)
        #expect(capture.changedPages == Writers.addresses([0x9000]))
        #expect(capture.writtenPages.contains(GuestPhysicalAddress(0x5000)))
    }
}

struct CapturesThatExpectRewritesMissNone: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var digests: [[StateDigest]] = []
        var changes: [[[GuestPhysicalAddress]]] = []
        for expectsRewrites in [false, true] {
            var machine = try TinyMachine<P>(Writers.incrementer)
            var tracker = StateTracker(expectsRewrites: expectsRewrites)
            var captures: [StateTracker.Capture] = []
            for round in 0..<20 {
                // In the middle nothing is written for long enough that the page is no longer expected.
                if !(7..<17).contains(round) { _ = try machine.run() }
                captures.append(try tracker.capture(&machine.processor))
            }
            digests.append(captures.map(\.digest))
            changes.append(captures.map(\.changedPages))
        }
        #expect(digests[0] == digests[1])
        #expect(changes[0] == changes[1])
        #expect(Set(digests[0]).count == 10)
    }
}

struct EqualRunsHaveEqualDigests: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var digests: [[StateDigest]] = []
        for _ in 0..<2 {
            var machine = try TinyMachine<P>(Writers.twoPages)
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
}

struct OneByteThatTheHostChangesShowsInTheDigest: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>([0xF4])  // hlt
        var tracker = StateTracker()
        let before = try tracker.capture(&machine.processor).digest
        try machine.write([1], at: 0x5000)
        let after = try tracker.capture(&machine.processor).digest
        #expect(before.memory != after.memory)
        #expect(before.processor == after.processor)
    }
}

struct ACaptureCompletesWhatIsPending: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>([0xE4, 0x10, 0xF4])  // in al, 0x10; hlt
        var tracker = StateTracker()
        _ = try machine.run()
        machine.processor.answer(0x5A)
        let state = try tracker.capture(&machine.processor).state
        #expect(state[.rax] & 0xFF == 0x5A)
        #expect(state.rip == UInt64(TinyLayout.start) + 2)
    }
}
