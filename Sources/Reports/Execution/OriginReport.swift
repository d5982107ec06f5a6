internal import Engine
public import Replayer
internal import TraceFormat
internal import X86

/// Where a value came from, as `rr-vm origin` shows it.
public struct OriginReport: Codable, Hashable, Sendable {
    /// Some bytes, or flags.
    public struct Piece: Codable, Hashable, Sendable {
        /// `register`, `flags` or `memory`.
        public var kind: String
        /// The part of a register or the flags by name; for memory, the linear address, or the physical one if there is none.
        public var name: String
        /// The physical address, of memory.
        public var physical: String?
        /// The symbol of the address.
        public var symbol: String?
        /// The bytes, as hexadecimal digits, the lowest byte first; a byte for each flag.
        public var value: String?
        /// How many bytes or flags it has.
        public var count: Int
        /// The numbers of the steps that wrote it, for what a step made something of.
        public var steps: [Int]?
        /// Whether it only selected the data: a register of an address, or the flags of a conditional move.
        public var selector: Bool?
    }

    /// One step.
    public struct Step: Codable, Hashable, Sendable {
        /// Its number, from 1 on.
        public var number: Int
        /// The moment before it; of a device's write, the moment behind it.
        public var moment: String
        /// `instruction`, `exception`, `interrupt`, `device`, `reset`, `beginning` or `unknown`.
        public var kind: String
        /// The instruction.
        public var code: CodeLine?
        /// What it was, in words.
        public var text: String
        /// What it wrote.
        public var writes: [Piece]
        /// Of what it made that.
        public var sources: [Piece]
        /// The events with the inputs that it got.
        public var events: [UInt64]
        /// Why the way ends here, in words; empty if it does not.
        public var ends: [String]
    }

    /// The moment at which the value was looked at.
    public var moment: String
    /// The value.
    public var value: [Piece]
    /// The steps, the last one first.
    public var steps: [Step]
    /// What has gone otherwise than asked for.
    public var notes: [String]

    /// Shows an origin.
    public init(_ origin: Origin, _ symbols: SymbolTable) {
        moment = "\(origin.moment)"
        value = origin.value.map { Piece($0.piece, symbols, $0) }
        steps = origin.steps.enumerated().map { Step($0.element, number: $0.offset + 1, symbols) }
        notes = origin.notes
    }

    /// One JSON object on one line.
    ///
    /// - Throws: nothing that can be foreseen.
    public func json() throws -> String { try JSONText.object(self) }
}

extension OriginReport.Piece {
    fileprivate init(_ piece: OriginPiece, _ symbols: SymbolTable, _ source: OriginStep.Source? = nil) {
        switch piece.location {
        case .register(let register, let bytes):
            (kind, name, count) = ("register", register.name(of: bytes), bytes.count)
        case .flags(let bits): (kind, name, count) = ("flags", piece.name(symbols), bits.count)
        case .memory(let address, let bytes, let linear):
            (kind, name, count) = ("memory", linear.map { "\($0)" } ?? "\(address)", bytes)
            physical = "\(address)"
            symbol = linear.flatMap { symbols.name(of: $0) }
        }
        value = piece.value.map { $0.map(InspectionReport.Dump.digits).joined() }
        if let source {
            steps = source.steps.map { $0 + 1 }
            selector = source.isSelector
        }
    }
}

extension OriginReport.Step {
    fileprivate init(_ step: OriginStep, number: Int, _ symbols: SymbolTable) {
        self.number = number
        moment = "\(step.moment)"
        text = step.what(symbols)
        switch step.cause {
        case .instruction(let line): (kind, code) = ("instruction", line.map(CodeLine.init))
        case .exception(_, let line): (kind, code) = ("exception", line.map(CodeLine.init))
        case .delivery: kind = "interrupt"
        case .device: kind = "device"
        case .reset: kind = "reset"
        case .beginning: kind = "beginning"
        case .unknown: kind = "unknown"
        }
        writes = step.pieces.map { OriginReport.Piece($0, symbols) }
        sources = step.sources.map { OriginReport.Piece($0.piece, symbols, $0) }
        events = step.events.map(\.ordinal.rawValue)
        ends = step.ends.map(\.text) + (step.isCut ? ["not followed further: --depth"] : [])
    }
}
