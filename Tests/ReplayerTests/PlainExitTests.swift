import EndToEnd
import Engine
import Engines
import GuestImages
import Recorder
import Replayer
import Testing
import TraceFormat
import X86

/// Exits that a replay takes in one go, without making events of them. What it finds there must be what it finds event by
/// event.
@Suite struct PlainExitTests {
    /// Guests that make exits of every kind.
    private static let guests = ["pci-scan", "mmio", "model-specific", "tsc-hash", "rep-outs", "port-storm"]

    @Test(arguments: guests)
    func whatIsPlantedIsFoundAsEventByEventInSoftware(_ name: String) throws {
        try checkPlants(in: name, on: .soft)
    }

    @Test(.needsKVM, arguments: guests)
    func whatIsPlantedIsFoundAsEventByEventOnKVM(_ name: String) throws {
        try checkPlants(in: name, on: .kvm)
    }

    @Test func exitsAreTakenInOneGo() throws {
        let reader = try Self.recording(of: "port-storm", on: .soft)

        let steps = try EngineChoice.soft.perform(Steps(reader: reader))

        #expect(steps.reduce(0, +) == reader.eventCount)
        #expect(steps.count < 100, "\(reader.eventCount) events were replayed in \(steps.count) steps")
    }

    /// Plants each difference at a few exits, and compares the two reports.
    private func checkPlants(in name: String, on engine: EngineChoice) throws {
        let reader = try Self.recording(of: name, on: engine)
        let exits = try reader.allEvents().filter { $0.event.kind.isExit && $0.event != .tripleFault }
        var generator = SeededGenerator(seed: reader.eventCount)
        var planted = 0
        for plant in Plant.allCases {
            guard let exit = exits.filter({ plant.changing($0) != nil }).randomElement(using: &generator) else {
                continue
            }
            let directory = try TemporaryDirectory()
            var changes = TraceChanges()
            changes.events = { events in
                guard let place = events.firstIndex(where: { $0.ordinal == exit.ordinal }) else { return }
                events[place] = plant.changing(events[place]) ?? events[place]
            }
            let lie = try reader.copy(to: directory.file("lie.rrvm"), changes: changes)

            let found = try #require(try Replay(lie, on: engine).divergence, "\(plant) at \(exit)")

            #expect(found.moment.event == exit.ordinal, "\(plant) at \(exit)")
            planted += 1
            #expect("\(found)" == "\(try engine.perform(EventByEvent(reader: lie)))", "\(plant) at \(exit)")
        }
        #expect(planted >= 2)
    }

    private static func recording(of name: String, on engine: EngineChoice) throws -> TraceReader {
        var guest = TestGuest(.named(name))
        guest.limits.events = 2000
        guest.limits.seconds = 20
        let keyframes = KeyframePolicy(nanoseconds: nil, events: 500)
        return try Recording(of: guest, on: engine, keyframes: keyframes).reader
    }
}

/// A difference that a replay must find where it is.
private enum Plant: CaseIterable {
    case rip, place, size, output, kind, instructions

    /// The event with the difference; nil if it has nothing of the kind.
    func changing(_ recorded: RecordedEvent) -> RecordedEvent? {
        var changed = recorded
        switch self {
        // Farther away than an instruction is long: hosts differ in where they stop.
        case .rip: changed.rip ^= 0x40
        case .instructions: changed.instructions = recorded.instructions.map { $0 + 1 }
        case .place, .size, .output, .kind: changed.event = event(recorded.event)
        }
        return changed == recorded ? nil : changed
    }

    private func event(_ event: Event) -> Event {
        switch (self, event) {
        case (.place, .portRead(var access)):
            access.port.rawValue ^= 0x100
            return .portRead(access)
        case (.place, .portWrite(var access)):
            access.port.rawValue ^= 0x100
            return .portWrite(access)
        case (.place, .memoryRead(var access)):
            access.address.rawValue ^= 0x10
            return .memoryRead(access)
        case (.place, .readMSR(let index, let value)): return .readMSR(index: index ^ 1, value: value)
        case (.place, .writeMSR(let index, let value, let faults)):
            return .writeMSR(index: index ^ 1, value: value, faults: faults)
        case (.place, .hiddenRead(var read)):
            read.instruction = read.instruction == .rdtsc ? .rdpmc : .rdtsc
            return .hiddenRead(read)
        case (.size, .portRead(let access)) where access.size == .byte:
            return .portRead(PortAccess(port: access.port, size: .word, value: access.value))
        case (.size, .portWrite(let access)) where access.size == .byte:
            return .portWrite(PortAccess(port: access.port, size: .word, value: access.value))
        case (.output, .portWrite(var access)):
            access.value ^= 1
            return .portWrite(access)
        case (.output, .memoryWrite(var access)):
            access.value ^= 1
            return .memoryWrite(access)
        case (.output, .writeMSR(let index, let value, let faults)):
            return .writeMSR(index: index, value: value ^ 1, faults: faults)
        case (.kind, .portWrite(let access)):
            return .portRead(PortAccess(port: access.port, size: access.size, value: access.value))
        case (.kind, .memoryWrite(let access)): return .memoryRead(access)
        default: return event
        }
    }
}

/// The divergence that a replay finds event by event.
private struct EventByEvent: EngineTask {
    let reader: TraceReader

    func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws -> String {
        var timeline = try Timeline<P>(reader)
        do throws(TimelineError) {
            while try timeline.replayNext() != nil {}
        } catch .divergence(let divergence) {
            return "\(divergence)"
        }
        return "none"
    }
}

/// How many events a replay tells of at a time.
private struct Steps: EngineTask {
    let reader: TraceReader

    func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws -> [UInt64] {
        var session = try ReplaySession<P>(reader)
        var steps: [UInt64] = []
        _ = try session.run(progress: { if $0 > 0 { steps.append($0) } }).get()
        return steps
    }
}
