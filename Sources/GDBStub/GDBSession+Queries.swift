extension GDBSession {
    /// Packets that begin with `q` or `Q`.
    func handleQuery(_ packet: [UInt8]) {
        let end = packet.firstIndex { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ",") } ?? packet.endIndex
        let rest = packet[end...].dropFirst()
        switch String(decoding: packet[..<end], as: UTF8.self) {
        case "qSupported": offer(rest)
        case "QStartNoAckMode":
            send("OK")
            stopsAcknowledging = true
        case "qXfer": transfer(rest)
        case "qC": send("QC1")
        case "qfThreadInfo": send("m1")
        case "qsThreadInfo": send("l")
        case "qThreadExtraInfo": send(Hexadecimal.digits("the processor".utf8))
        // The guest exists without the client, which detaches from it when it leaves.
        case "qAttached": send("1")
        case "qSymbol": send("OK")
        case "qRcmd": monitor(rest)
        default: send("")
        }
    }

    /// Names what this stub can do, and notes what the client can do.
    private func offer(_ features: ArraySlice<UInt8>) {
        let known = String(decoding: features, as: UTF8.self).split(separator: ";")
        knowsBreakpointStops = known.contains("swbreak+")
        var offers = ["PacketSize=\(String(PacketDecoder.mostBytes, radix: 16))", "QStartNoAckMode+", "swbreak+"]
        offers += ["qXfer:features:read+", "vContSupported+"]
        if target is any ReversibleTarget { offers += ["ReverseStep+", "ReverseContinue+"] }
        if (target as? any SymbolTarget)?.symbolFile != nil { offers.append("qXfer:exec-file:read+") }
        send(offers.joined(separator: ";"))
    }

    /// `qXfer:OBJECT:read:ANNEX:OFFSET,LENGTH`.
    private func transfer(_ rest: ArraySlice<UInt8>) {
        let parts = rest.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 4, parts[1].elementsEqual("read".utf8) else { return send("") }
        let text: String
        switch String(decoding: parts[0], as: UTF8.self) {
        case "features":
            guard parts[2].elementsEqual("target.xml".utf8) else { return send("E00") }
            text = target.layout.description
        case "exec-file" where (target as? any SymbolTarget)?.symbolFile != nil: text = Self.symbolFileName
        default: return send("")
        }
        guard let (start, length) = Self.split(parts[3], ","), let offset = Hexadecimal.number(start),
            let count = Hexadecimal.number(length)
        else { return send("E01") }
        let bytes = Array(text.utf8)
        let first = Int(min(offset, UInt64(bytes.count)))
        let last = first + Int(min(count, UInt64(bytes.count - first), UInt64(PacketDecoder.mostBytes / 2)))
        send([UInt8(ascii: last == bytes.count ? "l" : "m")] + bytes[first..<last])
    }

    /// `qRcmd,TEXT`: a command of the target's own.
    private func monitor(_ rest: ArraySlice<UInt8>) {
        guard let target = target as? any MonitoredTarget else { return send("") }
        guard let bytes = Hexadecimal.bytes(rest) else { return send("E01") }
        do throws(DebugTargetError) {
            show(try target.monitor(String(decoding: bytes, as: UTF8.self)))
        } catch {
            show("\(error)\n")
        }
        send("OK")
    }
}
