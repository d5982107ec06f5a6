extension GDBSession {
    /// The descriptor of the one file that a client can open.
    private static var descriptor: UInt64 { 3 }

    /// `vFile`: operations on the target's files, of which there is one, with symbols.
    func handleFile(_ packet: [UInt8], _ target: any SymbolTarget) {
        let parts = packet.split(separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return send("") }
        let arguments = parts[2].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        switch String(decoding: parts[1], as: UTF8.self) {
        case "setfs": send("F0")
        case "open":
            let name = arguments.first.flatMap { Hexadecimal.bytes($0) }
            // ENOENT
            guard name == Array(Self.symbolFileName.utf8), target.symbolFile != nil else { return send("F-1,2") }
            send("F\(Self.descriptor)")
        case "close": send("F0")
        case "pread": readFile(arguments, target)
        case "fstat": describeFile(target)
        // EINVAL: the file is no link.
        case "readlink": send("F-1,16")
        default: send("")
        }
    }

    /// What the target's file with symbols is called.
    static var symbolFileName: String { "/guest-symbols" }

    private func readFile(_ arguments: [ArraySlice<UInt8>], _ target: any SymbolTarget) {
        guard arguments.count == 3, let count = Hexadecimal.number(arguments[1]),
            let offset = Hexadecimal.number(arguments[2]), let file = target.symbolFile
        else { return send("F-1,16") }
        let first = Int(min(offset, UInt64(file.count)))
        // Each byte may take two when it is sent.
        let room = min(count, UInt64(PacketDecoder.mostBytes / 2 - 32), UInt64(file.count - first))
        let piece = file[first..<first + Int(room)]
        send(Array("F\(String(piece.count, radix: 16));".utf8) + piece)
    }

    /// `struct stat` of the protocol (GDB manual, E.13.8): a regular file of some size.
    private func describeFile(_ target: any SymbolTarget) {
        func number(_ value: UInt64, _ count: Int) -> [UInt8] {
            (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
        }
        let size = UInt64(target.symbolFile?.count ?? 0)
        let regularReadable: UInt64 = 0o100444
        let identity = number(0, 4) + number(0, 4) + number(regularReadable, 4) + number(1, 4)
        let owners = number(0, 4) + number(0, 4) + number(0, 4)
        let bytes = identity + owners + number(size, 8) + number(512, 8) + number((size + 511) / 512, 8)
        let times = number(0, 4) + number(0, 4) + number(0, 4)
        send(Array("F40;".utf8) + bytes + times)
    }
}
