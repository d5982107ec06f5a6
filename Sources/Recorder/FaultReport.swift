internal import Demangling
public import Engine
internal import GuestMemory
internal import Machine
public import TraceFormat
public import X86

/// Where a guest was when its run ended in a fault, and how it got there.
public struct FaultReport: Sendable, CustomStringConvertible {
    /// The processor's state.
    public var state: ProcessorState
    /// The instruction at RIP, or nil if there is none.
    public var instruction: Instruction?
    /// The symbol before RIP in the guest's program and the distance from it, such as `main+0x12`.
    public var place: String?
    /// The words on top of the stack, each with its linear address. It is empty if no memory is there.
    public var stack: [(GuestVirtualAddress, UInt64)]
    /// The last events, oldest first. There are at most ``eventLimit`` of them.
    public var events: [RecordedEvent] = []

    static var eventLimit: Int { 10 }

    /// Several lines: the instruction and place, what led there, the registers, the stack and the events.
    public var description: String {
        let code = instruction.map { "'\($0.text)'" } ?? "no instruction"
        var lines = ["\(code) at \(state.instructionAddress)\(place.map { " (\($0))" } ?? "")"]
        if let refusal { lines.append(refusal) }
        lines += registerLines + segmentLines
        lines += stack.isEmpty ? ["the stack is not in memory"] : ["the top of the stack:"] + stackLines
        if !events.isEmpty { lines.append("the last events:") }
        lines += events.map { "  \($0)" }
        return lines.printableText
    }

    private var registerLines: [String] {
        let general = GeneralRegister.allCases.map { ("\($0)", state[$0]) }
        let control = state.control
        let named =
            general + [
                ("rip", state.rip), ("rflags", state.rflags), ("cr0", control.cr0), ("cr2", control.cr2),
                ("cr3", control.cr3), ("cr4", control.cr4), ("cr8", control.cr8), ("efer", control.efer),
            ]
        return stride(from: 0, to: named.count, by: 4).map { start in
            named[start..<min(start + 4, named.count)].map { Self.column($0.0, $0.1) }.joined(separator: "  ")
        }
    }

    /// The model-specific register that was refused last, which may have caused the fault.
    private var refusal: String? {
        events.reversed().lazy.compactMap { recorded in
            switch recorded.event {
            case .readMSR(let index, nil): Self.refusal("RDMSR", index, recorded.ordinal)
            case .writeMSR(let index, _, faults: true): Self.refusal("WRMSR", index, recorded.ordinal)
            default: nil
            }
        }.first
    }

    private static func refusal(_ instruction: String, _ index: UInt32, _ ordinal: EventOrdinal) -> String {
        "event \(ordinal) gave the guest #GP: \(instruction) of 0x\(String(index, radix: 16)), which this machine does not have"
    }

    private var segmentLines: [String] {
        let segments = state.segments
        let named = [
            ("cs", segments.cs), ("ss", segments.ss), ("ds", segments.ds), ("es", segments.es), ("fs", segments.fs),
            ("gs", segments.gs), ("tr", segments.tr), ("ldt", segments.ldt),
        ]
        let selected = named.map { name, segment in
            Self.table(name, segment.base, UInt64(segment.limit), selector: segment.selector)
        }
        let tables = [("gdt", state.gdt), ("idt", state.idt)]
        return selected + tables.map { name, table in Self.table(name, table.base, UInt64(table.limit)) }
    }

    private static func table(_ name: String, _ base: UInt64, _ limit: UInt64, selector: UInt16? = nil) -> String {
        let prefix = selector.map { hexadecimal(UInt64($0), digits: 4) } ?? "    "
        return String(repeating: " ", count: max(0, 6 - name.count))
            + "\(name) \(prefix)  base \(hexadecimal(base, digits: 16))  limit \(hexadecimal(limit, digits: 8))"
    }

    private var stackLines: [String] {
        stack.map { address, word in "  \(address)  \(Self.hexadecimal(word, digits: 2 * state.stackWordSize))" }
    }

    private static func hexadecimal(_ value: UInt64, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    private static func column(_ name: String, _ value: UInt64) -> String {
        String(repeating: " ", count: max(0, 6 - name.count)) + name + " " + hexadecimal(value, digits: 16)
    }
}

extension FaultReport {
    /// The report on a run that has ended, or nil if the outcome is not a fault.
    init?<P: Processor & ~Copyable>(
        _ outcome: Outcome,
        _ processor: inout P,
        symbols: [ProgramSymbol]
    ) throws(EngineError) {
        switch outcome {
        case .tripleFault, .guestFault, .emulationFailure, .hostLimit: break
        default: return nil
        }
        let state = try processor.state()
        self.init(
            state: state,
            instruction: processor.memory.instructions(at: state, limit: 1).first,
            place: symbols.place(of: state.instructionAddress),
            stack: processor.memory.stack(of: state, limit: Self.stackWords)
        )
    }

    private static var stackWords: Int { 8 }
}

extension GuestMemory {
    /// Up to `limit` words, starting at the top of the stack.
    fileprivate func stack(of state: ProcessorState, limit: Int) -> [(GuestVirtualAddress, UInt64)] {
        let size = state.stackWordSize
        let address = state.stackAddress
        let bytes = read(address, count: limit * size, in: state)
        return (0..<bytes.count / size).map { index in
            let word = bytes[index * size..<(index + 1) * size].reversed().reduce(0) { $0 << 8 | UInt64($1) }
            return (GuestVirtualAddress(address.rawValue &+ UInt64(index * size)), word)
        }
    }
}

extension [ProgramSymbol] {
    /// The largest distance at which an address is still named after a symbol of unknown size.
    private static var reach: UInt64 { 0x1_0000 }

    /// An address as the symbol before it and the distance, or nil if no symbol is near. The symbols must be sorted by
    /// address.
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
        let name = DemangledName.of(symbol.name)
        return distance == 0 ? name : "\(name)+0x\(String(distance, radix: 16))"
    }
}
