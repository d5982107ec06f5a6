public import Engine
internal import Machine
public import TraceFormat
public import X86

/// Where a guest stood when its run ended in a fault, and how it came there.
public struct FaultReport: Sendable, CustomStringConvertible {
    /// The processor's state.
    public var state: ProcessorState
    /// The instruction at RIP; nil where there is none.
    public var instruction: Instruction?
    /// The name before RIP in the guest's program and the distance from it, such as `main+0x12`.
    public var place: String?
    /// The last events, the oldest first.
    public var events: [RecordedEvent]

    /// Several lines: instruction and place, registers, events.
    public var description: String {
        let code = instruction.map { "'\($0.text)'" } ?? "no instruction"
        var lines = ["\(code) at \(state.instructionAddress)\(place.map { " (\($0))" } ?? "")"]
        lines += registerLines
        if !events.isEmpty { lines.append("the last events:") }
        lines += events.map { "  \($0)" }
        return lines.joined(separator: "\n")
    }

    private var registerLines: [String] {
        let general = GeneralRegister.allCases.map { ("\($0)", state[$0]) }
        let control = state.control
        let named =
            general + [
                ("rip", state.rip), ("rflags", state.rflags), ("cs", UInt64(state.segments.cs.selector)),
                ("ss", UInt64(state.segments.ss.selector)), ("cr0", control.cr0), ("cr2", control.cr2),
                ("cr3", control.cr3), ("cr4", control.cr4), ("efer", control.efer), ("gdt", state.gdt.base),
                ("idt", state.idt.base),
            ]
        return stride(from: 0, to: named.count, by: 4).map { start in
            named[start..<min(start + 4, named.count)].map { Self.column($0.0, $0.1) }.joined(separator: "  ")
        }
    }

    private static func column(_ name: String, _ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: " ", count: max(0, 6 - name.count)) + name + " "
            + String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension FaultReport {
    /// The report of a run that has ended; nil for an outcome that is no fault.
    init?<P: Processor & ~Copyable>(
        _ outcome: Outcome,
        _ processor: inout P,
        symbols: [ProgramSymbol],
        events: [RecordedEvent]
    ) throws(EngineError) {
        switch outcome {
        case .tripleFault, .guestFault, .emulationFailure: break
        default: return nil
        }
        let state = try processor.state()
        self.init(
            state: state,
            instruction: processor.memory.instructions(at: state, limit: 1).first,
            place: symbols.place(of: state.instructionAddress),
            events: events
        )
    }
}

extension [ProgramSymbol] {
    /// How far past a symbol of unknown size an address may be to be called after it.
    private static var reach: UInt64 { 0x1_0000 }

    /// An address as the symbol before it and the distance; nil where none is near. The symbols stand by rising address.
    func place(of address: GuestVirtualAddress) -> String? {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].address <= address { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return nil }
        let symbol = self[low - 1]
        let distance = address.rawValue - symbol.address.rawValue
        guard distance < (symbol.size > 0 ? symbol.size : Self.reach) else { return nil }
        return distance == 0 ? symbol.name : "\(symbol.name)+0x\(String(distance, radix: 16))"
    }
}
