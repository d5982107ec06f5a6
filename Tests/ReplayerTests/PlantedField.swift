import ByteCoding
import EndToEnd
import Engine
import GuestMemory
import TestBasics
import TraceFormat
import X86

/// A field of the format in which a test plants a difference: the rows of the table in docs/determinism.md.
enum PlantedField: String, CaseIterable, Sendable {
    case time, consoleFlag
    case input, output, port, rip, ripOfNoExit
    case missingExit, missingInterrupt, secondInterrupt, vector
    case keyframeRegister, keyframeMemory, keyframeDigest, registerWithItsDigest
    case texts, board, resetXCR0, creationTime, landing, chaosSeed, imageSize, cpuid

    /// Whether a trace with such a difference may be one that is accepted, for the reason in the table.
    var mayBeAccepted: Bool {
        switch self {
        case .time, .consoleFlag, .texts, .board, .resetXCR0, .creationTime, .landing, .chaosSeed, .imageSize: true
        // A run in which the guest does not use what it was given is a run too.
        case .input: true
        // The guest is shown the changed table, where the host can show it: one that does not look at it does the same.
        case .cpuid: true
        default: false
        }
    }

    /// The change that plants it somewhere in a trace; nil where the trace has no place for it.
    func changes(
        in reader: TraceReader,
        _ events: [RecordedEvent],
        using generator: inout SeededGenerator
    ) throws -> TraceChanges? {
        var changes = TraceChanges()
        let number = generator.next()
        switch self {
        case .texts:
            changes.header = { header in
                header.recorder += "x"
                header.guest.name += "x"
                header.host.module += "x"
            }
        case .board: changes.header = { $0.machine.board = "other" }
        case .resetXCR0: changes.header = { $0.processor.initialXCR0 ^= 1 << (number % 64) }
        case .creationTime: changes.header = { $0.creationTime = Int64(bitPattern: number) }
        case .landing:
            changes.header = { header in
                header.landing = LandingPolicy.allCases.first { $0 != header.landing } ?? .jump
            }
        case .chaosSeed: changes.header = { $0.chaosSeed = number }
        case .imageSize: changes.header = { $0.guest.imageSize = number }
        case .cpuid:
            changes.header = { header in
                let entry = header.processor.cpuid.indices.first { header.processor.cpuid[$0].function == 0 }
                header.processor.cpuid[entry ?? 0].ebx ^= 1 << UInt32(number % 32)
            }
        case .keyframeRegister, .keyframeMemory, .keyframeDigest, .registerWithItsDigest:
            guard let keyframe = try reader.keyframes.dropFirst().randomElement(using: &generator) else { return nil }
            return try keyframeChanges(keyframe, in: reader, number)
        default:
            guard let place = events.filter(applies).randomElement(using: &generator)?.ordinal else { return nil }
            let first = reader.header.firstEvent.rawValue
            changes.events = { change(&$0, at: Int(place.rawValue - first), number) }
        }
        return changes
    }

    private func keyframeChanges(
        _ entry: KeyframeEntry,
        in reader: TraceReader,
        _ number: UInt64
    ) throws -> TraceChanges? {
        var changes = TraceChanges()
        let register = GeneralRegister.allCases[Int(number % 16)]
        switch self {
        case .keyframeMemory:
            let pages = try reader.keyframe(Int(entry.number)).changedPages
            guard let page = pages.isEmpty ? nil : pages[Int(number % UInt64(pages.count))] else { return nil }
            changes.page = { keyframe, address, bytes in
                guard keyframe == entry.number, address == page else { return }
                bytes[Int(number >> 8 & 0xFFF)] ^= 1 << (number >> 20 & 7)
            }
        case .keyframeDigest:
            changes.keyframe = { if $0.number == entry.number { $0.digest.memory.low ^= 1 << (number % 64) } }
        default:
            let isSealed = self == .registerWithItsDigest
            changes.keyframe = { keyframe in
                guard keyframe.number == entry.number else { return }
                keyframe.state[register] ^= 1 << (number >> 4 & 15)
                if isSealed { keyframe.digest.processor = keyframe.state.digest }
            }
        }
        return changes
    }

    /// Whether there is room for it at an event.
    private func applies(to recorded: RecordedEvent) -> Bool {
        switch (self, recorded.event) {
        case (.time, .portWrite), (.rip, .portWrite), (.output, .portWrite), (.port, .portWrite): true
        case (.consoleFlag, .portWrite(let access)): access.size == .byte
        case (.input, .portRead), (.input, .hiddenRead), (.missingExit, .portWrite): true
        case (.ripOfNoExit, .interrupt), (.ripOfNoExit, .deviceWrite), (.ripOfNoExit, .deviceRead): true
        case (.missingInterrupt, .interrupt), (.secondInterrupt, .interrupt), (.vector, .interrupt): true
        default: false
        }
    }

    private func change(_ events: inout [RecordedEvent], at place: Int, _ number: UInt64) {
        switch (self, events[place].event) {
        case (.time, _): events[place].time &+= UInt32(truncatingIfNeeded: number)
        // Farther than an instruction is long: RIP before and after a write are both right.
        case (.rip, _): events[place].rip &+= 16 + number % 0x1000
        case (.ripOfNoExit, _): events[place].rip = number | 1
        case (.missingExit, _), (.missingInterrupt, _): events.remove(at: place)
        case (.secondInterrupt, _): events.insert(events[place], at: place)
        case (.vector, .interrupt(let vector)):
            events[place].event = .interrupt(vector: vector ^ UInt8(1 << (number % 8)))
        case (_, .portWrite(var access)):
            if self == .output { access.value ^= 1 << UInt32(number % 8) }
            if self == .port { access.port = Port(access.port.rawValue ^ UInt16(1 << (number % 16))) }
            if self == .consoleFlag { access.isConsole.toggle() }
            events[place].event = .portWrite(access)
        case (_, .portRead(var access)):
            access.value ^= 1 << UInt32(number % 8)
            events[place].event = .portRead(access)
        case (_, .hiddenRead(var read)):
            read.value ^= 1 << (number % 64)
            events[place].event = .hiddenRead(read)
        default: break
        }
    }
}
