import Platform
import X86

/// What versions 1 and 2 of the format kept as text or did not keep. This is the only place that reads it back.
extension TraceHeader {
    /// Moves what version 3 has fields for out of options and notes.
    mutating func deriveVersion3() {
        recording = Recording(processor: ProcessorModel(vendor: Self.vendor(of: host.processorModel)))
        setup = Setup()
        guest.options = guest.options.filter { !take(option: $0) }
        // If some reads are deliberately left alone, only the listed ones are known to be trapped.
        let leavesSome = notes.contains { $0.key == "tsc" }
        trapped = leavesSome ? Set(patches.map(\.instruction)) : Set(HiddenInstruction.allCases)
        notes = notes.filter { !take(note: $0) }
    }

    private static func vendor(of model: String) -> String {
        if model.contains("Intel") { return "GenuineIntel" }
        return model.contains("AMD") ? "AuthenticAMD" : ""
    }

    /// Moves an option into its field; false if there is none.
    private mutating func take(option: String) -> Bool {
        if let boot = option.value(of: "--boot ").flatMap({ BootProtocol(rawValue: $0) }), setup.boot == nil {
            setup.boot = boot
        } else if let clock = option.value(of: "--clock ").flatMap({ ClockPolicy(rawValue: $0) }) {
            setup.clock = clock
        } else if let date = option.value(of: "--rtc-base ").flatMap({ Int64($0) }) {
            setup.clockDate = date
        } else if let drive = option.value(of: "--drive ") {
            setup.drives.append(Drive(option: drive))
        } else {
            return false
        }
        return true
    }

    /// Moves a note into its field; false if there is none.
    private mutating func take(note: Note) -> Bool {
        if note == Note(key: "page lists", value: "every page that was written") {
            listsWrittenPages = true
        } else if note.key == "trap port", let port = note.value.value(of: "0x").flatMap({ UInt8($0, radix: 16) }) {
            trapPort = port
        } else {
            return false
        }
        return true
    }
}

extension TraceHeader.Drive {
    /// The drive of `NAME[,write][,if=virtio]`. The name may contain commas too.
    fileprivate init(option: String) {
        self.init(name: option)
        for choice in DriveInterface.allCases where name.hasSuffix(",if=\(choice.rawValue)") {
            name.removeLast(",if=\(choice.rawValue)".count)
            interface = choice
            break
        }
        if name.hasSuffix(",write") {
            name.removeLast(",write".count)
            isWritable = true
        }
    }
}

extension String {
    /// What follows a prefix; nil if the string does not begin with it.
    fileprivate func value(of prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}
