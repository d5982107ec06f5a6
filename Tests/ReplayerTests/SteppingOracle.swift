import Engine
import GuestMemory
import TraceFormat
import X86

@testable import Replayer

/// One change of one byte, as an oracle finds it.
struct ByteChange: Hashable {
    /// Who changed it.
    enum Writer: Hashable {
        /// The instruction at a linear address.
        case instruction(UInt64)
        /// A device, or an interrupt's delivery.
        case event(EventOrdinal)
    }

    var moment: Moment
    var writer: Writer
}

/// Every change of the first 64 KiB of memory in a run, found by executing one instruction after the other and comparing all of
/// it each time. Shares nothing with a timeline's stepping: a loop of its own over the processor.
struct SteppingOracle<P: EngineProcessor & ~Copyable> {
    /// By address, in order.
    private(set) var changes: [UInt64: [ByteChange]] = [:]
    /// Every moment that there is.
    private(set) var moments: [Moment]
    private var memory: [UInt8]
    private var moment: Moment
    /// An interrupt that was given and not taken yet.
    private var waiting: (event: EventOrdinal, vector: UInt8)?

    private static var size: Int { 65_536 }

    init(_ reader: TraceReader) throws {
        var core = try ReplayCore<P>(reader)
        moment = Moment(event: try core.start(atKeyframe: 0).ordinal)
        moments = [moment]
        memory = try core.processor.memory.read(at: GuestPhysicalAddress(0), count: Self.size)
        var cursor = reader.events(from: EventOrdinal(moment.event.rawValue + 1))
        while let recorded = try cursor.next() { try go(through: recorded, reader, &core.processor) }
    }

    /// Addresses that change, and as many others.
    var interesting: [UInt64] {
        let changed = changes.keys.sorted()
        return changed + changed.map { ($0 &* 2_654_435_761) % UInt64(Self.size) } + [0, 0x500, 0x7C00]
    }

    /// The last change of a byte at a moment or before it.
    func last(of address: UInt64, before limit: Moment) -> ByteChange? {
        changes[address]?.last { $0.moment <= limit }
    }

    private mutating func go(
        through recorded: RecordedEvent,
        _ reader: TraceReader,
        _ processor: inout P
    ) throws {
        switch recorded.event {
        case .end, .keyframe(_, .synchronous): arrive(at: recorded)
        case .keyframe(let number, .asynchronous):
            let keyframe = try reader.keyframe(Int(number))
            while try !isAt(keyframe, &processor) { _ = try executeOne(&processor) }
            arrive(at: recorded)
        case .keyframe(let number, .reset):
            let keyframe = try reader.keyframe(Int(number))
            var memory = keyframe.memory
            try processor.restore(keyframe.state)
            for page in keyframe.changedPages { try processor.memory.write(memory.page(at: page), at: page) }
            arrive(at: recorded)
        case .interrupt(let vector):
            try processor.inject(vector: vector)
            waiting = (recorded.ordinal, vector)
            arrive(at: recorded)
        case .deviceWrite(let address, let bytes):
            try processor.memory.write(bytes, at: address)
            arrive(at: recorded)
            try compare(.event(recorded.ordinal), processor)
        default:
            var place = try executeOne(&processor)
            while place == nil { place = try executeOne(&processor) }
            // An exit that is completed while the processor steps may stop behind it once more.
            try processor.setBreakpoints([])
            processor.answer(recorded.event)
            let isFinished = (try? processor.completePendingAccess()) != nil
            arrive(at: recorded)
            if isFinished { try compare(.instruction(place ?? 0), processor) } else { moments.removeLast() }
        }
    }

    private mutating func arrive(at recorded: RecordedEvent) {
        moment = Moment(event: recorded.ordinal)
        moments.append(moment)
    }

    /// Executes one instruction, or delivers the interrupt that waits.
    ///
    /// - Returns: the instruction's linear address, if it made an exit.
    private mutating func executeOne(_ processor: inout P) throws -> UInt64? {
        if let waiting {
            // The real mode's table: offset and segment (Intel SDM vol. 3, 21.1.4).
            let gate = memory[(4 * Int(waiting.vector))...].prefix(4).map(UInt64.init)
            let offset = gate[0] | gate[1] << 8
            try processor.setBreakpoints([GuestVirtualAddress((gate[2] | gate[3] << 8) << 4 + offset)])
            let exit = try processor.run()
            guard exit == .debug, processor.exitRIP == offset else { throw OracleError(exit: exit) }
            self.waiting = nil
            moment.instructions += 1
            moments.append(moment)
            try compare(.event(waiting.event), processor)
            return nil
        }
        let place = processor.exitRIP &+ codeBase
        guard try processor.step() == .debug else { return place }
        moment.instructions += 1
        moments.append(moment)
        try compare(.instruction(place), processor)
        return nil
    }

    /// The guests of these tests use flat segments.
    private let codeBase: UInt64 = 0

    private mutating func compare(_ writer: ByteChange.Writer, _ processor: borrowing P) throws {
        let present = try processor.memory.read(at: GuestPhysicalAddress(0), count: Self.size)
        guard present != memory else { return }
        for address in present.indices where present[address] != memory[address] {
            changes[UInt64(address), default: []].append(ByteChange(moment: moment, writer: writer))
        }
        memory = present
    }

    private func isAt(_ keyframe: Keyframe, _ processor: inout P) throws -> Bool {
        let wanted = keyframe.state.general + [keyframe.state.rip, keyframe.state.rflags]
        guard processor.exitRegisters == wanted, try processor.state() == keyframe.state else { return false }
        var recorded = keyframe.memory
        let pages = try stride(from: 0, to: UInt64(Self.size), by: 4096).map { address in
            try recorded.page(at: GuestPhysicalAddress(address))
        }
        return pages.flatMap(\.self) == memory
    }
}

/// The guest did something that the oracle does not follow.
struct OracleError: Error {
    var exit: Exit
}

extension Processor where Self: ~Copyable {
    /// Answers an exit as it was recorded.
    fileprivate mutating func answer(_ event: Event) {
        switch event {
        case .portRead(let access): answer(UInt64(access.value))
        case .memoryRead(let access): answer(access.value)
        default: break
        }
    }
}
