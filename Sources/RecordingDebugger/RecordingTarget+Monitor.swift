public import GDBStub
internal import Replayer
internal import TraceFormat
internal import X86

extension RecordingTarget: MonitoredTarget where P: ~Copyable {
    /// Does what a command of ``MonitorCommand`` says.
    public func monitor(_ text: String) throws(DebugTargetError) -> String {
        let words = text.split(separator: " ", maxSplits: 1)
        guard let name = words.first else { return MonitorCommand.list }
        guard let command = MonitorCommand(rawValue: String(name)) else {
            throw DebugTargetError("'\(String(name).printable)' is no command: monitor help lists them")
        }
        let rest = words.count > 1 ? words[1].trimmed : ""
        guard debugger.diversion == nil || command.worksInDiversion else {
            throw DebugTargetError("the guest is changed and has left the recording: monitor rejoin goes back")
        }
        do {
            return try perform(command, rest)
        } catch { throw DebugTargetError(error) }
    }

    private func perform(_ command: MonitorCommand, _ rest: String) throws -> String {
        switch command {
        case .help: return MonitorCommand.list
        case .when: return "\(present)\n"
        case .seek:
            try go(to: try MomentName(rest).moment(in: debugger.reader))
            return "\(present)\n"
        case .events: return try events(try count(rest, otherwise: 10))
        case .checkpoint:
            checkpoints.append(debugger.moment ?? start)
            return "checkpoint \(checkpoints.count) at \(present)\n"
        case .rejoin:
            guard let moment = debugger.diversion else { throw DebugTargetError("the guest has not been changed") }
            try go(to: moment)
            return "\(present)\n"
        case .restart:
            try go(to: try mark(rest))
            return "\(present)\n"
        case .console:
            let event = debugger.moment?.event ?? start.event
            let bytes = try ConsoleText.bytes(of: debugger.reader, through: event)
            return bytes.split(separator: 10, omittingEmptySubsequences: false)
                .map { String(decoding: $0.last == 13 ? $0.dropLast() : $0, as: UTF8.self) }.printableText + "\n"
        case .screen: return try screen()
        case .lastWrite: return try lastWrite(rest)
        case .origin: return try origin(rest)
        case .calls: return try calls(try count(rest, otherwise: 20))
        case .dmesg: return try kernelLog()
        case .disasm:
            var view = try debugger.view()
            let limit = try count(rest, otherwise: 8)
            let lines = try listing.lines(at: view.state.instructionAddress, in: &view, limit: limit)
            return lines.map { "\($0)\n" }.joined()
        case .xp: return try physicalMemory(rest)
        }
    }

    /// The present moment, in words.
    private var present: String {
        if let moment = debugger.diversion {
            return "no moment: the guest was changed, and left the recording at moment \(moment)"
        }
        return "moment \(debugger.moment ?? start)"
    }

    private static var mostLines: UInt64 { 10_000 }

    private func count(_ text: String, otherwise: Int) throws(DebugTargetError) -> Int {
        if text.isEmpty { return otherwise }
        guard let number = UInt64(text), (1...Self.mostLines).contains(number) else {
            throw DebugTargetError("give a number from 1 to \(Self.mostLines)")
        }
        return Int(number)
    }

    private func mark(_ text: String) throws(DebugTargetError) -> Moment {
        if text.isEmpty { return start }
        guard let number = Int(text), checkpoints.indices.contains(number - 1) else {
            throw DebugTargetError("there is no checkpoint '\(text.printable)': monitor checkpoint makes one")
        }
        return checkpoints[number - 1]
    }

    private func events(_ count: Int) throws -> String {
        let reader = debugger.reader
        let last = (debugger.moment ?? start).event.rawValue
        let first = max(reader.events.lowerBound.rawValue, last - min(last, UInt64(count - 1)))
        var lines = ""
        for number in first...last { lines += "\(try reader.event(at: EventOrdinal(number)))\n" }
        guard last + 1 < reader.events.upperBound.rawValue else { return lines }
        return lines + "next: \(try reader.event(at: EventOrdinal(last + 1)))\n"
    }

    // MARK: Memory

    private static var mostBytes: UInt64 { 65_536 }

    /// The value of an expression, and a length behind it.
    private func place(_ text: String, otherwise: Int) throws -> (address: UInt64, count: Int) {
        var expression = text
        var count = otherwise
        let words = text.split(separator: " ")
        if words.count > 1, let last = words.last, let number = UInt64(last) {
            guard (1...Self.mostBytes).contains(number) else {
                throw DebugTargetError("the length must be from 1 to \(Self.mostBytes)")
            }
            count = Int(number)
            expression = words.dropLast().joined(separator: " ")
        }
        var view = try debugger.view()
        guard let address = try Condition(expression, symbols: listing.symbols).value(in: &view) else {
            throw DebugTargetError("'\(expression.printable)' has no value at this moment")
        }
        return (address, count)
    }

    private func physicalMemory(_ text: String) throws -> String {
        let (address, count) = try place(text, otherwise: 64)
        var view = try debugger.view()
        guard let bytes = try listing.bytes(at: GuestPhysicalAddress(address), count: count, in: &view) else {
            throw DebugTargetError("there is no memory at physical 0x\(String(address, radix: 16))")
        }
        var text = ""
        for offset in stride(from: 0, to: bytes.count, by: 16) {
            let line = bytes[offset..<min(bytes.count, offset + 16)].map(\.twoDigits).joined(separator: " ")
            text += "0x\(String(address &+ UInt64(offset), radix: 16)): \(line)\n"
        }
        return text
    }

    private func lastWrite(_ text: String) throws -> String {
        let (address, count) = try place(text, otherwise: 1)
        let memory = try memory(at: GuestVirtualAddress(address), count: count)
        // A machine of its own: the guest stays where it is.
        var search = try WriteSearch(Timeline<P>(debugger.reader), memory)
        guard let change = try search.last(before: debugger.moment ?? start) else {
            return "nothing changed it before this moment\n"
        }
        return "\(change)\n"
    }
}

extension RecordingTarget where P: ~Copyable {
    /// Where a value came from. A machine of its own goes back: the guest stays where it is.
    private func origin(_ text: String) throws -> String {
        var target = OriginTarget(register: text)
        if target == nil, OriginTarget.isUnfollowed(register: text) {
            throw DebugTargetError("the origin of \(text) cannot be followed")
        }
        if target == nil {
            let (address, count) = try place(text, otherwise: 1)
            let linear = GuestVirtualAddress(address)
            target = OriginTarget(try memory(at: linear, count: count), linear: linear)
        }
        guard let target else { return "" }
        var other = Debugger(try Timeline<P>(debugger.reader))
        try other.go(to: debugger.moment ?? start)
        var search = try OriginSearch(other, listing, limits: OriginLimits())
        return try search.origin(of: target).text(listing.symbols) + "\n"
    }
}

extension Substring {
    fileprivate var trimmed: String {
        var text = self
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}

extension UInt8 {
    fileprivate var twoDigits: String { String(self >> 4, radix: 16) + String(self & 15, radix: 16) }
}
