/// What `monitor` can do.
enum MonitorCommand: String, CaseIterable {
    case when
    case seek
    case events
    case checkpoint
    case restart
    case rejoin
    case console
    case screen
    case lastWrite = "last-write"
    case origin
    case calls
    case dmesg
    case disasm
    case xp
    case help

    /// What follows the name.
    var arguments: String {
        switch self {
        case .seek: " MOMENT"
        case .events, .calls, .disasm: " [N]"
        case .restart: " [CHECKPOINT]"
        case .lastWrite: " ADDRESS [LENGTH]"
        case .origin: " REGISTER or ADDRESS [LENGTH]"
        case .xp: " ADDRESS [LENGTH]"
        case .when, .checkpoint, .rejoin, .console, .screen, .dmesg, .help: ""
        }
    }

    /// One line.
    var purpose: String {
        switch self {
        case .when: "the present moment"
        case .seek: "go to a moment: EVENT, EVENT+INSTRUCTIONS, end, -EVENTS, SECONDSs, port:PORT, console:TEXT"
        case .events: "the last events up to this moment, and the next one"
        case .checkpoint: "mark this moment"
        case .restart: "go to a mark, or to where the session began"
        case .rejoin: "go back to where the guest was before it was changed"
        case .console: "what the console has shown up to this moment"
        case .screen: "what the text screen shows"
        case .lastWrite: "what last changed memory at or before this moment"
        case .origin: "where a value came from, back to inputs and constants"
        case .calls: "the last calls, returns and interrupts up to this moment, as rr-vm trace --calls shows them"
        case .dmesg: "the messages of a Linux kernel, up to this moment"
        case .disasm: "the next instructions, as the guest's mode decodes them"
        case .xp: "physical memory"
        case .help: "this list"
        }
    }

    /// Whether it makes sense while a changed guest runs apart from the recording.
    var worksInDiversion: Bool {
        switch self {
        case .when, .seek, .restart, .rejoin, .screen, .dmesg, .disasm, .xp, .help: true
        case .events, .checkpoint, .console, .lastWrite, .origin, .calls: false
        }
    }

    /// The list of all.
    static var list: String {
        let width = allCases.map { $0.rawValue.count + $0.arguments.count }.max() ?? 0
        return allCases.map { command in
            let call = command.rawValue + command.arguments
            return "\(call)\(String(repeating: " ", count: width - call.count))  \(command.purpose)\n"
        }.joined()
    }
}
