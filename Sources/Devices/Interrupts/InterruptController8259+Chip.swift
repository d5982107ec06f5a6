extension InterruptController8259 {
    /// One 8259A. `cascade` says whether another controller on input 2 has a request.
    struct Chip: Hashable, Sendable {
        static let cascadeInput: UInt8 = 2
        static let spuriousInput: UInt8 = 7

        /// What the next write with A0 = 1 means.
        enum Sequence: Hashable, Sendable {
            case uninitialized, vectorBase, cascade, mode, ready
        }

        /// ICW1 (A0 = 0, bit 4 set). LTIM, bit 3, does nothing on a PIIX3: the edge/level registers replace it.
        struct InitializationCommand: OptionSet {
            let rawValue: UInt8
            static let needsICW4 = Self(rawValue: 1 << 0)
            static let single = Self(rawValue: 1 << 1)
            static let initialize = Self(rawValue: 1 << 4)
        }

        /// ICW4. The buffered modes and the 8080 mode concern the wiring and have no effect.
        struct Mode: OptionSet, Hashable {
            let rawValue: UInt8
            static let automaticEndOfInterrupt = Self(rawValue: 1 << 1)
            static let specialFullyNested = Self(rawValue: 1 << 4)
        }

        /// OCW2 in bits 5 to 7: what to do with the in-service bits and the priorities.
        enum EndOfInterrupt: UInt8 {
            case clearRotateOnAutomatic = 0b000
            case nonspecific = 0b001
            case noOperation = 0b010
            case specific = 0b011
            case setRotateOnAutomatic = 0b100
            case rotateOnNonspecific = 0b101
            case setPriority = 0b110
            case rotateOnSpecific = 0b111
        }

        /// OCW3 (A0 = 0, bit 3 set).
        struct ModeCommand: OptionSet {
            let rawValue: UInt8
            static let readInService = Self(rawValue: 1 << 0)
            static let selectRead = Self(rawValue: 1 << 1)
            static let poll = Self(rawValue: 1 << 2)
            static let select = Self(rawValue: 1 << 3)
            static let specialMask = Self(rawValue: 1 << 5)
            static let selectSpecialMask = Self(rawValue: 1 << 6)
        }

        /// Bit 7 of the poll word: there was a request, in bits 0 to 2.
        static let pollInterrupt: UInt8 = 0x80

        private var sequence = Sequence.uninitialized
        private var skipsCascadeWord = false
        private var wantsModeWord = false
        private(set) var lines: UInt8 = 0
        private var edges: UInt8 = 0
        private(set) var levelTriggered: UInt8 = 0
        private var inService: UInt8 = 0
        private var mask: UInt8 = 0
        private var vectorBase: UInt8 = 0
        private var mode: Mode = []
        private var lowestPriority: UInt8 = 7
        private var rotatesOnAutomatic = false
        private var specialMask = false
        private var readsInService = false
        private var polls = false

        /// Whether the controller's INT output is high, if nothing is on input 2.
        var requests: Bool { request() != nil }

        /// The inputs that can cause a request.
        var unmaskedInputs: UInt8 { sequence == .ready ? ~mask : 0 }

        mutating func setLine(_ line: Int, _ level: Bool) {
            let bit: UInt8 = 1 << UInt8(line & 7)
            guard level else {
                lines &= ~bit
                return
            }
            if lines & bit == 0, levelTriggered & bit == 0 { edges |= bit }
            lines |= bit
        }

        mutating func setLevelTriggered(_ inputs: UInt8) {
            levelTriggered = inputs
            edges &= ~inputs
        }

        private func interruptRequests(cascade: Bool?) -> UInt8 {
            let own = edges & ~levelTriggered | lines & levelTriggered
            guard let cascade else { return own }
            return own & ~(1 << Self.cascadeInput) | (cascade ? 1 << Self.cascadeInput : 0)
        }

        /// The input to serve next: an unmasked request of higher priority than everything in service.
        func request(cascade: Bool? = nil) -> UInt8? {
            guard sequence == .ready else { return nil }
            guard let requested = highest(of: interruptRequests(cascade: cascade) & ~mask) else { return nil }
            var blocking = inService
            // In special mask mode, a masked input in service no longer blocks those below it.
            if specialMask { blocking &= ~mask }
            // The second controller may interrupt itself: only it knows its priorities.
            if mode.contains(.specialFullyNested), cascade != nil { blocking &= ~(1 << Self.cascadeInput) }
            guard let served = highest(of: blocking) else { return requested }
            return rank(requested) < rank(served) ? requested : nil
        }

        /// 0 for the input of the highest priority, up to 7 for the lowest.
        private func rank(_ input: UInt8) -> UInt8 { (input &- lowestPriority &- 1) & 7 }

        private func highest(of inputs: UInt8) -> UInt8? {
            guard inputs != 0 else { return nil }
            let first = (lowestPriority &+ 1) & 7
            let rotated = inputs >> first | inputs << ((8 &- first) & 7)
            return (UInt8(rotated.trailingZeroBitCount) &+ first) & 7
        }

        func vector(of input: UInt8) -> UInt8 { vectorBase | input }

        mutating func acknowledge(_ input: UInt8) {
            edges &= ~(1 << input)
            if mode.contains(.automaticEndOfInterrupt) {
                if rotatesOnAutomatic { lowestPriority = input }
            } else {
                inService |= 1 << input
            }
        }

        mutating func readCommand(cascade: Bool? = nil) -> UInt8 {
            if polls { return poll(cascade: cascade) }
            return readsInService ? inService : interruptRequests(cascade: cascade)
        }

        mutating func readData(cascade: Bool? = nil) -> UInt8 {
            polls ? poll(cascade: cascade) : mask
        }

        private mutating func poll(cascade: Bool?) -> UInt8 {
            polls = false
            guard let input = request(cascade: cascade) else { return 0 }
            acknowledge(input)
            return Self.pollInterrupt | input
        }

        mutating func writeCommand(_ value: UInt8) {
            let initialization = InitializationCommand(rawValue: value)
            let command = ModeCommand(rawValue: value)
            if initialization.contains(.initialize) {
                startInitialization(initialization)
            } else if command.contains(.select) {
                if command.contains(.poll) { polls = true }
                if command.contains(.selectRead) { readsInService = command.contains(.readInService) }
                if command.contains(.selectSpecialMask) { specialMask = command.contains(.specialMask) }
            } else if let operation = EndOfInterrupt(rawValue: value >> 5) {
                end(operation, input: value & 7)
            }
        }

        private mutating func startInitialization(_ command: InitializationCommand) {
            var fresh = Chip()
            fresh.sequence = .vectorBase
            fresh.skipsCascadeWord = command.contains(.single)
            fresh.wantsModeWord = command.contains(.needsICW4)
            // The lines and the edge/level registers are outside the chip. Edges seen so far are forgotten.
            fresh.lines = lines
            fresh.levelTriggered = levelTriggered
            fresh.vectorBase = vectorBase
            self = fresh
        }

        private mutating func end(_ operation: EndOfInterrupt, input: UInt8) {
            switch operation {
            case .clearRotateOnAutomatic: rotatesOnAutomatic = false
            case .setRotateOnAutomatic: rotatesOnAutomatic = true
            case .noOperation: break
            case .specific: inService &= ~(1 << input)
            case .setPriority: lowestPriority = input
            case .rotateOnSpecific:
                inService &= ~(1 << input)
                lowestPriority = input
            case .nonspecific, .rotateOnNonspecific:
                // In special mask mode a non-specific end does not reach a masked input.
                guard let served = highest(of: specialMask ? inService & ~mask : inService) else { return }
                inService &= ~(1 << served)
                if operation == .rotateOnNonspecific { lowestPriority = served }
            }
        }

        mutating func writeData(_ value: UInt8) {
            switch sequence {
            case .vectorBase:
                vectorBase = value & 0xF8
                sequence = skipsCascadeWord ? (wantsModeWord ? .mode : .ready) : .cascade
            case .cascade:
                // The wiring decides which input the second controller is on.
                sequence = wantsModeWord ? .mode : .ready
            case .mode:
                mode = Mode(rawValue: value)
                sequence = .ready
            case .uninitialized, .ready:
                mask = value
            }
        }
    }
}
