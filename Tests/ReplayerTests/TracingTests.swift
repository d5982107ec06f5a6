import EndToEnd
import Engine
import Engines
import GuestImages
import Recorder
import Testing
import TraceFormat
import X86

@testable import Replayer

/// What the engine notes is what executing one instruction after the other shows. Needs no KVM.
@Suite struct TracingTests {
    @Test(arguments: ["hello", "pit-ticks", "interrupt-return", "bad-gates", "bad-gates-long"])
    func transfersAreThoseThatStepsShow(_ name: String) async throws {
        let reader = try await Self.reader(name)
        let start = Moment(event: reader.header.firstEvent)
        try EngineChoice.soft.perform(Transfers(reader: reader, start: start, first: 3000))
    }

    @Test func interruptsThatInterruptEachOtherAreToo() async throws {
        let reader = try await Self.reader("tick-nested")
        let interrupt = try #require(try reader.firstInterruptBetweenExits)
        let before = EventOrdinal(interrupt.ordinal.rawValue - 1)
        let length = try #require(interrupt.instructions)
        let start = Moment(event: before, instructions: length - 100)
        try EngineChoice.soft.perform(Transfers(reader: reader, start: start, first: 3000))
    }

    @Test(arguments: ["hello", "pit-ticks", "racy"]) func writesAreThoseThatStepsShow(_ name: String) async throws {
        try EngineChoice.soft.perform(Writes(reader: try await Self.reader(name), first: 3000))
    }

    @Test func debuggerGoesBetweenTwoExitsByCount() async throws {
        let reader = try await Self.reader("tick-nested")
        let interrupt = try #require(try reader.firstInterruptBetweenExits)
        let before = EventOrdinal(interrupt.ordinal.rawValue - 1)
        let length = try #require(interrupt.instructions)

        try EngineChoice.soft.perform(
            Going(reader: reader, moment: Moment(event: before, instructions: length / 2), next: interrupt.ordinal)
        )
    }

    @Test(.needsKVM) func kvmSaysThatItCannot() async throws {
        let reader = try await Self.reader("hello")

        try EngineChoice.kvm.perform(Refusal(reader: reader))
    }

    private static func reader(_ name: String) async throws -> TraceReader {
        let guest = try #require(TestGuest.included.first { "\($0)" == name })
        var reader = try await RecordingStore.shared.recording(of: guest, on: .soft).reader
        reader.allowsOtherCPUID = true
        return reader
    }
}

extension TraceReader {
    fileprivate var firstInterruptBetweenExits: RecordedEvent? {
        get throws {
            var cursor = events()
            while let recorded = try cursor.next() {
                if recorded.event.kind == .interrupt, recorded.instructions ?? 0 > 100 { return recorded }
            }
            return nil
        }
    }
}

/// Compares the transfers of the first instructions with what the instructions are.
private struct Transfers: EngineTask {
    let reader: TraceReader
    let start: Moment
    let first: Int

    private struct Seen: Equatable {
        var moment: Moment
        var kind: ControlTransfer.Kind
        var target: UInt64
    }

    func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        let listing = try CodeListing(reader)
        var debugger = Debugger(try Timeline<P>(reader))
        try debugger.go(to: start)
        var expected: [Seen] = []
        var end = start
        for _ in 0..<first where expected.count < 20 {
            guard let executed = try debugger.executeNext(listing), let moment = debugger.moment else { break }
            let target = try debugger.state().instructionAddress.rawValue
            let behind = Moment(event: executed.moment.event, instructions: executed.moment.instructions + 1)
            let isBehind = moment.event == executed.moment.event
            if let kind = executed.transfer, isBehind {
                expected.append(Seen(moment: behind, kind: kind, target: target))
            }
            end = moment
        }
        var seen: [Seen] = []
        var tree = CallTree()
        var endedCalls = 0
        try debugger.go(to: start)
        debugger.note([.calls, .interrupts, .exceptions]) { moment, transfer in
            seen.append(Seen(moment: moment, kind: transfer.kind, target: transfer.target.rawValue))
            if tree.take(transfer, at: moment).ended != nil { endedCalls += 1 }
        }
        let stop = try debugger.run(to: end) { false }

        #expect(stop == .reached)
        #expect(seen == expected)
        #expect(!expected.isEmpty)
        // These guests leave no call, so that only what began before can be unknown.
        let returns = seen.count { $0.kind.isReturn }
        #expect(endedCalls == returns)
    }
}

extension ExecutedInstruction {
    /// What the instruction is, told from its text.
    fileprivate var transfer: ControlTransfer.Kind? {
        if delivery != nil { return .interrupt }
        if !exceptions.isEmpty { return exceptions[0].kind }
        guard let word = line?.instruction.text.split(separator: " ").first else { return nil }
        switch word {
        case "call": return .call
        case "ret": return .return
        case "iret", "iretd", "iretq": return .interruptReturn
        case "syscall", "sysenter": return .systemCall
        case "sysret", "sysexit": return .systemReturn
        default: return nil
        }
    }
}

/// Compares the writes to the first 64 KiB with what memory holds after each step.
private struct Writes: EngineTask {
    let reader: TraceReader
    let first: Int

    func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        let listing = try CodeListing(reader)
        var debugger = Debugger(try Timeline<P>(reader))
        let start = Moment(event: reader.header.firstEvent)
        let watched = WatchedMemory(physical: GuestPhysicalAddress(0), count: 0x9000)
        try debugger.go(to: start)
        let beginning = try #require(watched.bytes(in: debugger.timeline.memory))
        var memory = beginning
        var changed: [Moment] = []
        var end = start
        for _ in 0..<first where changed.count < 50 {
            guard try debugger.executeNext(listing) != nil, let moment = debugger.moment else { break }
            let present = try #require(watched.bytes(in: debugger.timeline.memory))
            if present != memory { changed.append(moment) }
            (memory, end) = (present, moment)
        }

        try debugger.go(to: start)
        var writes = try MemoryWrites(debugger, to: watched, until: end, listing)
        var replayed = beginning
        var seen: [Moment] = []
        while let write = try writes.next(isInterrupted: { false }) {
            let place = Int(write.address.rawValue)
            #expect(Array(replayed[place..<place + write.old.count]) == write.old, "\(write.moment)")
            replayed.replaceSubrange(place..<place + write.new.count, with: write.new)
            if write.old != write.new { seen.append(write.moment) }
            #expect(write.cause.isExact)
        }

        #expect(replayed == memory)
        #expect(seen.count >= changed.count)
        #expect(!changed.isEmpty)
    }
}

/// Goes to a moment in the middle of a stretch, and steps over its end.
private struct Going: EngineTask {
    let reader: TraceReader
    let moment: Moment
    let next: EventOrdinal

    func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var debugger = Debugger(try Timeline<P>(reader))
        try debugger.go(to: moment)
        let address = try debugger.state().instructionAddress
        let reached = debugger.moment
        #expect(reached == moment)

        #expect(try debugger.step() == .stepped)
        let behind = debugger.moment
        #expect(behind == Moment(event: moment.event, instructions: moment.instructions + 1))
        #expect(try debugger.stepBack() == .stepped)
        #expect(try debugger.state().instructionAddress == address)

        debugger.breakpoints = [address]
        let stop = try debugger.run { false }
        #expect(stop == .breakpoint)
        try debugger.go(to: Moment(event: next))
        #expect(try debugger.runBack { false } == .breakpoint)
        let hit = debugger.moment
        #expect(hit ?? moment < Moment(event: next))
    }
}

/// An engine that does not count notes nothing.
private struct Refusal: EngineTask {
    let reader: TraceReader

    func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var debugger = Debugger(try Timeline<P>(reader))
        try debugger.go(to: Moment(event: reader.header.firstEvent))
        debugger.note(.calls) { _, _ in }

        var refusal: TimelineError?
        do throws(TimelineError) {
            _ = try debugger.run(to: Moment(event: reader.header.firstEvent)) { false }
        } catch { refusal = error }

        #expect(refusal?.description.contains("use --engine soft") == true)
    }
}
