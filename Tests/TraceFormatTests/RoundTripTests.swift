import ByteCoding
import SystemPackage
import TestBasics
import Testing
import X86

@testable import TraceFormat

@Suite struct RoundTripTests {
    @Test func everyKindOfEventComesBackAsItWas() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("a.rrvm")
        var writer = try TraceWriter(path: path, header: .sample)
        let samples = Event.samples
        for (index, event) in samples.enumerated() {
            let rip = event.kind.isExit ? UInt64(index) << 40 : 0
            let ordinal = writer.append(event, rip: rip, time: UInt32(index / 3))
            #expect(ordinal == EventOrdinal(UInt64(index)))
        }
        let summary = try writer.finish(.exited(code: 7), time: 99)

        let reader = try TraceReader(path: path)
        #expect(reader.isComplete)
        #expect(reader.header == .sample)
        #expect(reader.outcome == .exited(code: 7))
        #expect(summary.eventCount == UInt64(samples.count) + 1)
        #expect(summary.byteCount == reader.byteCount)
        var cursor = reader.events()
        for (index, event) in samples.enumerated() {
            let expected = RecordedEvent(
                ordinal: EventOrdinal(UInt64(index)),
                time: UInt32(index / 3),
                rip: event.kind.isExit ? UInt64(index) << 40 : 0,
                event: event
            )
            #expect(try cursor.next() == expected)
        }
        #expect(try cursor.next()?.event == .end(.exited(code: 7)))
        #expect(try cursor.next() == nil)
        #expect(try directory.names == ["a.rrvm"])
    }

    @Test func keyframesComeBackWithStateAndMemory() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("a.rrvm")
        var writer = try TraceWriter(path: path, header: .sample)
        var generator = SeededGenerator(seed: 1)
        var memory: [UInt64: [UInt8]] = [:]
        var snapshots: [(state: ProcessorState, memory: [UInt64: [UInt8]], changed: [UInt64])] = []
        for number in 0..<70 {
            var changed: Set<UInt64> = []
            for _ in 0..<8 {
                let page = UInt64.random(in: 0..<40, using: &generator)
                var bytes = memory[page] ?? [UInt8](repeating: 0, count: 4096)
                bytes[Int.random(in: 0..<4096, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
                if Int.random(in: 0..<10, using: &generator) == 0 { bytes = [UInt8](repeating: 0, count: 4096) }
                memory[page] = bytes
                changed.insert(page)
            }
            var state = ProcessorState()
            state.rip = UInt64(number) &* 0x1234
            state.modelSpecific = [0x10: UInt64(number)]
            for page in changed {
                let bytes = memory[page] ?? []
                writer.addPage(GuestPhysicalAddress(page * 4096), bytes.rawSpan)
            }
            let digest = StateDigest(of: state, memory: Digest128(low: 2, high: UInt64(number)))
            let kind: KeyframePosition = number % 2 == 0 ? .synchronous : .asynchronous
            writer.appendKeyframe(kind, state: state, digest: digest, time: 0)
            writer.append(.halt, rip: 1, time: 1)
            snapshots.append((state, memory, changed.sorted()))
        }
        try writer.finish(.halted, time: 2)

        let reader = try TraceReader(path: path)
        #expect(reader.keyframeCount == 70)
        for (number, snapshot) in snapshots.enumerated() {
            var keyframe = try reader.keyframe(number)
            #expect(keyframe.state == snapshot.state)
            #expect(keyframe.event == EventOrdinal(UInt64(2 * number)))
            #expect(keyframe.digest.memory == Digest128(low: 2, high: UInt64(number)))
            #expect(keyframe.changedPages.map { $0.rawValue / 4096 } == snapshot.changed)
            for page in UInt64(0)..<40 {
                let expected = snapshot.memory[page] ?? [UInt8](repeating: 0, count: 4096)
                #expect(try keyframe.memory.page(at: GuestPhysicalAddress(page * 4096)) == expected)
            }
            var all: [UInt64: [UInt8]] = [:]
            try keyframe.memory.forEachPage { address, bytes in
                all[address.rawValue / 4096, default: []].append(bytes)
            }
            #expect(all == snapshot.memory.filter { $0.value.contains { $0 != 0 } })
        }
        #expect(try reader.keyframe(atOrBefore: EventOrdinal(7)) == 3)
    }
}
