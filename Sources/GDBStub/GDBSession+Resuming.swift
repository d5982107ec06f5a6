extension GDBSession {
    /// Lets the guest run, and tells the client where it stopped.
    func resume(_ resumption: Resumption, at address: ArraySlice<UInt8> = []) {
        // To begin elsewhere would be to change a register.
        guard address.isEmpty else { return send("E01") }
        do throws(DebugTargetError) {
            lastStop = try target.resume(resumption, isInterrupted: isInterrupted)
        } catch {
            show("\(error)\n")
            lastStop = .interrupted
        }
        for message in target.takeMessages() { show("\(message)\n") }
        send(text(of: lastStop))
    }

    /// `bs` and `bc`.
    func resumeBack(_ rest: ArraySlice<UInt8>) {
        guard target is any ReversibleTarget else { return send("") }
        switch rest {
        case [UInt8(ascii: "s")]: resume(.stepBack)
        case [UInt8(ascii: "c")]: resume(.runBack)
        default: send("")
        }
    }

    /// A stop as the protocol writes it: 5 is SIGTRAP, 2 is SIGINT.
    func text(of stop: DebugStop) -> String {
        switch stop {
        case .stepped: "T05thread:1;"
        case .breakpoint: knowsBreakpointStops ? "T05thread:1;swbreak:;" : "T05thread:1;"
        case .watchpoint(let point):
            "T05thread:1;\(Self.name(of: point.kind)):\(String(point.address, radix: 16));"
        case .interrupted: "T02thread:1;"
        case .beginning: "T05thread:1;replaylog:begin;"
        case .end: "T05thread:1;replaylog:end;"
        }
    }

    private static func name(of kind: Watchpoint.Kind) -> String {
        switch kind {
        case .write: "watch"
        case .read: "rwatch"
        case .access: "awatch"
        }
    }

    /// Packets that begin with `v`.
    func handleVerbose(_ packet: [UInt8]) {
        let (name, arguments) = Self.split(packet[...], ";") ?? (packet[...], [])
        switch String(decoding: name, as: UTF8.self) {
        case "vCont?": send("vCont;c;C;s;S;r")
        case "vCont": resumeFirst(of: arguments)
        case "vKill":
            send("OK")
            kill()
        case "vRun": restart(answers: true)
        default:
            guard packet.starts(with: Array("vFile:".utf8)), let target = target as? any SymbolTarget else {
                return send("")
            }
            handleFile(packet, target)
        }
    }

    /// There is one processor, so the first action is the one for it.
    private func resumeFirst(of actions: ArraySlice<UInt8>) {
        let action = actions.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: ":") }
        switch action.first {
        case UInt8(ascii: "c"), UInt8(ascii: "C"): resume(.run)
        case UInt8(ascii: "s"), UInt8(ascii: "S"): resume(.step)
        case UInt8(ascii: "r"):
            guard let (start, end) = Self.split(action.dropFirst(), ","), let low = Hexadecimal.number(start),
                let high = Hexadecimal.number(end), low <= high
            else { return send("E01") }
            resume(.stepInRange(low..<high))
        default: send("E01")
        }
    }

    /// Ends the session, unless the client may start the guest again.
    func kill() { if !staysAfterKill { ending = .killed } }

    /// Goes to where the session began.
    ///
    /// - Parameter answers: whether the client waits for a stop.
    func restart(answers: Bool) {
        guard let target = target as? any RestartableTarget else { return send("") }
        do throws(DebugTargetError) {
            try target.restart()
            lastStop = .stepped
            if answers { send(text(of: lastStop)) }
        } catch { send(error: error.description) }
    }
}
