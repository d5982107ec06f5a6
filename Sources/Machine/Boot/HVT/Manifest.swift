import ByteCoding

/// The devices that a unikernel needs: its manifest (Solo5: include/mft_abi.h).
struct Manifest: Hashable {
    /// The kind of device that an entry is for.
    enum Kind: UInt32, Hashable {
        case block = 1
        case network = 2
        /// The first entry, which is for no device.
        case reserved = 0x4000_0000
    }

    /// One entry; its index is the device's handle.
    struct Entry: Hashable {
        var name: String
        var kind: Kind
    }

    let entries: [Entry]

    static let version: UInt32 = 1
    static let entryLimit = 64
    static let nameSize = 68
    static let entrySize = 104
    static let headerSize = 8
    /// Bytes of the note between its header and the manifest, which lies at a multiple of 8.
    private static let notePadding = 4

    /// Parses a note's content and checks it.
    init(note: [UInt8]) throws(MachineError) {
        let limit = Self.notePadding + Self.headerSize + Self.entryLimit * Self.entrySize
        guard note.count >= Self.notePadding + Self.headerSize, note.count <= limit else {
            throw .malformed("manifest", "it has \(note.count) bytes")
        }
        do throws(ByteCodingError) {
            var cursor = ByteCursor(note.rawSpan)
            _ = try cursor.readBytes(count: Self.notePadding)
            let version: UInt32 = try cursor.read()
            let count: UInt32 = try cursor.read()
            guard version == Self.version else { throw .invalidValue(field: "version", value: UInt64(version)) }
            guard 1...UInt32(Self.entryLimit) ~= count else {
                throw .invalidValue(field: "number of entries", value: UInt64(count))
            }
            entries = try Self.entries(count: Int(count), from: &cursor)
            try cursor.expectEnd()
        } catch {
            throw .malformed("manifest", "\(error)")
        }
        try check()
    }

    private static func entries(
        count: Int,
        from cursor: inout ByteCursor
    ) throws(ByteCodingError) -> [Entry] {
        var entries: [Entry] = []
        for _ in 0..<count {
            let name = try cursor.readBytes(count: nameSize)
            let number: UInt32 = try cursor.read()
            let rest = try cursor.readBytes(count: entrySize - nameSize - 4)
            guard let kind = Kind(rawValue: number) else {
                throw .invalidValue(field: "type of an entry", value: UInt64(number))
            }
            guard let end = name.firstIndex(of: 0) else { throw .invalidValue(field: "last byte of a name", value: 1) }
            guard rest[attachedOffset] == 0 else { throw .invalidValue(field: "mark of an attached device", value: 1) }
            entries.append(Entry(name: String(decoding: name[..<end], as: UTF8.self), kind: kind))
        }
        return entries
    }

    /// The offset of the mark in what follows an entry's type.
    private static let attachedOffset = 24

    private func check() throws(MachineError) {
        guard entries[0] == Entry(name: "", kind: .reserved) else {
            throw .malformed("manifest", "its first entry is not the reserved one")
        }
        var seen: Set<Entry> = []
        for entry in entries.dropFirst() {
            guard entry.kind != .reserved else { throw .malformed("manifest", "it has a second reserved entry") }
            guard !entry.name.isEmpty else { throw .malformed("manifest", "it has a device without a name") }
            guard seen.insert(entry).inserted else {
                throw .malformed("manifest", "it has '\(entry.name)' twice")
            }
        }
    }
}

// MARK: Devices

extension Manifest {
    /// The devices by their handles.
    ///
    /// - Throws: `.misusedOption` if a device is missing, or the guest has no use for one.
    func devices(_ attachments: [UnikernelDevice]) throws(MachineError) -> [UnikernelDevice?] {
        for attachment in attachments {
            guard entries.contains(where: { $0.asks(for: attachment) }) else {
                throw .misusedOption(
                    attachment.option,
                    "the guest needs no \(attachment.kind.word) of this name; \(wishes)"
                )
            }
            guard attachments.count(where: { $0.option == attachment.option }) == 1 else {
                throw .misusedOption(attachment.option, "it is given more than once")
            }
        }
        var devices: [UnikernelDevice?] = []
        for entry in entries {
            let device = attachments.first { entry.asks(for: $0) }
            guard device != nil || entry.kind == .reserved else {
                throw .misusedOption(entry.option, "the guest needs it; give \(entry.option)=\(entry.example)")
            }
            devices.append(device)
        }
        return devices
    }

    /// A description of the devices that the guest needs.
    private var wishes: String {
        let options = entries.dropFirst().map(\.option)
        return options.isEmpty ? "it needs no devices" : "it needs " + options.joined(separator: " ")
    }

    /// The manifest for the guest, with the devices filled in.
    func encoded(_ devices: [UnikernelDevice?]) -> [UInt8] {
        var writer = ByteWriter(capacity: Self.headerSize + entries.count * Self.entrySize)
        writer.write(Self.version)
        writer.write(UInt32(entries.count))
        for (entry, device) in zip(entries, devices) {
            var name = Array(entry.name.utf8)
            name += [UInt8](repeating: 0, count: Self.nameSize - name.count)
            writer.write(bytes: name)
            writer.write(entry.kind.rawValue)
            switch device?.kind {
            case .block(let capacity, let blockSize):
                writer.write(capacity)
                writer.write(UInt64(blockSize))
            case .network(let address, let mtu):
                writer.write(bytes: address)
                writer.write(mtu)
                writer.write(UInt64(0))
            case nil:
                writer.write(bytes: [UInt8](repeating: 0, count: 16))
            }
            writer.write(UInt64(0))  // the tender's own
            writer.write(UInt64(device == nil ? 0 : 1))
        }
        return writer.bytes
    }
}

extension Manifest.Entry {
    func asks(for attachment: UnikernelDevice) -> Bool {
        switch attachment.kind {
        case .block: kind == .block && name == attachment.name
        case .network: kind == .network && name == attachment.name
        }
    }

    /// The option that attaches the device.
    var option: String { (kind == .block ? "--block:" : "--net:") + name }

    var example: String { kind == .block ? "FILE" : "tap0, unix:PATH or pcap-in:FILE" }
}

extension UnikernelDevice {
    /// The option that attaches it.
    var option: String {
        switch kind {
        case .block: "--block:" + name
        case .network: "--net:" + name
        }
    }
}
