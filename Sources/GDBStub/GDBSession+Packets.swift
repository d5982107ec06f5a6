internal import X86

extension GDBSession {
    /// Handles a packet.
    func handle(_ packet: [UInt8]) {
        guard let kind = packet.first else { return send("") }
        let rest = packet.dropFirst()
        switch kind {
        case UInt8(ascii: "q"), UInt8(ascii: "Q"): handleQuery(packet)
        case UInt8(ascii: "v"): handleVerbose(packet)
        case UInt8(ascii: "?"): send(text(of: lastStop))
        case UInt8(ascii: "g"):
            reply { () throws(DebugTargetError) in Hexadecimal.digits(target.layout.bytes(of: try target.state())) }
        case UInt8(ascii: "G"): writeRegisters(rest)
        case UInt8(ascii: "p"): readRegister(rest)
        case UInt8(ascii: "P"): writeRegister(rest)
        case UInt8(ascii: "m"): readMemory(rest)
        case UInt8(ascii: "M"): writeMemory(rest) { Hexadecimal.bytes($0) }
        case UInt8(ascii: "X"): writeMemory(rest) { Array($0) }
        case UInt8(ascii: "Z"), UInt8(ascii: "z"): changeStop(rest, inserts: kind == UInt8(ascii: "Z"))
        case UInt8(ascii: "s"): resume(.step, at: rest)
        case UInt8(ascii: "c"): resume(.run, at: rest)
        case UInt8(ascii: "S"): resume(.step, at: Self.afterSignal(rest))
        case UInt8(ascii: "C"): resume(.run, at: Self.afterSignal(rest))
        case UInt8(ascii: "b"): resumeBack(rest)
        case UInt8(ascii: "H"), UInt8(ascii: "T"): send("OK")
        case UInt8(ascii: "!"):
            staysAfterKill = target is any RestartableTarget
            send(staysAfterKill ? "OK" : "")
        case UInt8(ascii: "R"): restart(answers: false)
        case UInt8(ascii: "D"):
            send("OK")
            ending = .left
        case UInt8(ascii: "k"): kill()
        default: send("")
        }
        if stopsAcknowledging { acknowledges = false }
    }

    /// What follows `SIGNAL;` in `C` and `S`. Signals mean nothing to a machine.
    private static func afterSignal(_ rest: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        rest.firstIndex(of: UInt8(ascii: ";")).map { rest[($0 + 1)...] } ?? []
    }

    /// Splits at the first occurrence of a character; nil if there is none.
    static func split(
        _ bytes: ArraySlice<UInt8>,
        _ separator: Character
    ) -> (ArraySlice<UInt8>, ArraySlice<UInt8>)? {
        guard let value = separator.asciiValue, let index = bytes.firstIndex(of: value) else { return nil }
        return (bytes[..<index], bytes[(index + 1)...])
    }

    // MARK: Registers

    private func readRegister(_ rest: ArraySlice<UInt8>) {
        guard let number = Hexadecimal.number(rest), number < target.layout.registers.count else { return send("E01") }
        let register = target.layout.registers[Int(number)]
        reply { () throws(DebugTargetError) in Hexadecimal.digits(register.get(try target.state())) }
    }

    private func writeRegister(_ rest: ArraySlice<UInt8>) {
        guard let (name, value) = Self.split(rest, "="), let number = Hexadecimal.number(name),
            number < target.layout.registers.count, let bytes = Hexadecimal.bytes(value)
        else { return send("E01") }
        let register = target.layout.registers[Int(number)]
        guard bytes.count == register.byteCount else { return send("E01") }
        guard let set = register.set else { return send(error: "\(register.name) cannot be changed") }
        change { state in set(&state, bytes) }
    }

    private func writeRegisters(_ rest: ArraySlice<UInt8>) {
        guard let bytes = Hexadecimal.bytes(rest), bytes.count == target.layout.byteCount else { return send("E01") }
        change { [layout = target.layout] state in
            var offset = 0
            for register in layout.registers {
                register.set?(&state, Array(bytes[offset..<offset + register.byteCount]))
                offset += register.byteCount
            }
        }
    }

    private func change(_ body: (inout ProcessorState) -> Void) {
        guard let target = target as? any WritableTarget else { return send("E01") }
        do throws(DebugTargetError) {
            var state = try target.state()
            body(&state)
            try target.write(state)
            send("OK")
        } catch { send(error: error.description) }
    }

    // MARK: Memory

    /// The most bytes that one answer can hold.
    private static var mostRead: UInt64 { UInt64(PacketDecoder.mostBytes / 2 - 16) }

    private func readMemory(_ rest: ArraySlice<UInt8>) {
        guard let (start, length) = Self.split(rest, ","), let address = Hexadecimal.number(start),
            let count = Hexadecimal.number(length)
        else { return send("E01") }
        guard count > 0 else { return send("") }
        reply { () throws(DebugTargetError) in
            let bytes = try target.read(address, count: Int(min(count, Self.mostRead)))
            guard !bytes.isEmpty else { throw DebugTargetError("nothing is mapped there") }
            return Hexadecimal.digits(bytes)
        }
    }

    private func writeMemory(_ rest: ArraySlice<UInt8>, decode: (ArraySlice<UInt8>) -> [UInt8]?) {
        guard let (place, content) = Self.split(rest, ":"), let (start, length) = Self.split(place, ","),
            let address = Hexadecimal.number(start), let count = Hexadecimal.number(length),
            let bytes = decode(content), UInt64(bytes.count) == count
        else { return send("E01") }
        // The client asks in this way whether X is understood.
        guard count > 0 else { return send("OK") }
        guard let target = target as? any WritableTarget else { return send("E01") }
        do throws(DebugTargetError) {
            try target.write(bytes, at: address)
            send("OK")
        } catch { send(error: error.description) }
    }

    // MARK: Breakpoints

    /// `Z` and `z`: TYPE,ADDRESS,KIND. What follows (conditions, commands) is not offered and so not sent.
    private func changeStop(_ rest: ArraySlice<UInt8>, inserts: Bool) {
        guard let (type, place) = Self.split(rest, ","), let (start, length) = Self.split(place, ","),
            let address = Hexadecimal.number(start),
            let count = Hexadecimal.number(length.prefix { $0 != UInt8(ascii: ";") })
        else { return send("E01") }
        do throws(DebugTargetError) {
            switch type {
            // Those in memory and those of the processor are the same here: neither is visible to the guest.
            case [UInt8(ascii: "0")], [UInt8(ascii: "1")]:
                if inserts {
                    try target.insertBreakpoint(at: address)
                } else {
                    target.removeBreakpoint(at: address)
                }
                send("OK")
            case [UInt8(ascii: "2")]: try changeWatchpoint(.write, address, count, inserts)
            case [UInt8(ascii: "3")]: try changeWatchpoint(.read, address, count, inserts)
            case [UInt8(ascii: "4")]: try changeWatchpoint(.access, address, count, inserts)
            default: send("")
            }
        } catch { send(error: error.description) }
    }

    private static var longestWatchpoint: UInt64 { 65_536 }

    private func changeWatchpoint(
        _ kind: Watchpoint.Kind,
        _ address: UInt64,
        _ count: UInt64,
        _ inserts: Bool
    ) throws(DebugTargetError) {
        guard let target = target as? any WatchingTarget else { return send("") }
        guard (1...Self.longestWatchpoint).contains(count) else {
            throw DebugTargetError("a watchpoint may have 1 to \(Self.longestWatchpoint) bytes")
        }
        let watchpoint = Watchpoint(kind: kind, address: address, count: Int(count))
        if inserts { try target.insertWatchpoint(watchpoint) } else { target.removeWatchpoint(watchpoint) }
        send("OK")
    }
}
