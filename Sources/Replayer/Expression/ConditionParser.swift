internal import X86

/// Reads an expression into the operations that compute its value. Depth and length are limited, which limits the cost
/// and the stack as well.
struct ConditionParser {
    private static let longestText = 4096
    private static let deepestNesting = 64

    private let text: [UInt8]
    private let symbols: SymbolTable
    private var position = 0
    private var depth = 0
    private var operations: [Condition.Operation] = []

    init(_ text: String, symbols: SymbolTable) {
        self.text = Array(text.utf8)
        self.symbols = symbols
    }

    mutating func parse() throws(ConditionError) -> [Condition.Operation] {
        guard text.count <= Self.longestText else { throw failure("longer than \(Self.longestText) characters") }
        try parseBinary(level: 0)
        skipSpace()
        guard position == text.count else { throw failure("unexpected '\(rest(1))'") }
        return operations
    }

    /// The operators, from the loosest binding to the tightest. If two operators begin alike, the longer one comes
    /// first.
    private static let levels: [[(String, Condition.Binary)]] = [
        [("||", .logicalOr)],
        [("&&", .logicalAnd)],
        [
            ("==", .equal), ("!=", .notEqual), ("<=", .lessOrEqual), (">=", .greaterOrEqual), ("<", .less),
            (">", .greater),
        ],
        [("|", .or), ("^", .exclusiveOr)],
        [("&", .and)],
        [("<<", .shiftLeft), (">>", .shiftRight)],
        [("+", .add), ("-", .subtract)],
        [("*", .multiply), ("/", .divide), ("%", .remainder)],
    ]

    private static let comparison = 2

    private mutating func parseBinary(level: Int) throws(ConditionError) {
        guard level < Self.levels.count else { return try parseUnary() }
        try parseBinary(level: level + 1)
        while true {
            if level == Self.comparison, takeWord("in") {
                try parseBinary(level: level + 1)
                guard take("..") else { throw failure("'in' needs a range such as 1..9") }
                try parseBinary(level: level + 1)
                operations.append(.isIn)
            } else if let binary = takeOperator(level) {
                try parseBinary(level: level + 1)
                operations.append(.binary(binary))
            } else {
                return
            }
        }
    }

    private mutating func takeOperator(_ level: Int) -> Condition.Binary? {
        for (text, binary) in Self.levels[level] where take(text, unlessLonger: level) { return binary }
        return nil
    }

    private mutating func parseUnary() throws(ConditionError) {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepestNesting else { throw failure("nested deeper than \(Self.deepestNesting)") }
        skipSpace()
        let unary: Condition.Unary? = take("!") ? .not : take("~") ? .complement : take("-") ? .negate : nil
        guard let unary else { return try parsePrimary() }
        try parseUnary()
        operations.append(.unary(unary))
    }

    private mutating func parsePrimary() throws(ConditionError) {
        guard position < text.count else { throw failure("the expression ends where a value should be") }
        if take("(") {
            try parseBinary(level: 0)
            guard take(")") else { throw failure("')' is missing") }
            return
        }
        let start = position
        if isDigit(text[position]) { return operations.append(.constant(try takeNumber())) }
        let word = takeWord()
        switch word {
        case "": throw failure("'\(rest(1))' is not a value")
        case "phys":
            skipSpace()
            let width = takeWord()
            guard let bytes = Self.widths[width] else { throw failure("'phys' needs u8, u16, u32 or u64 after it") }
            try parseLoad(bytes, isPhysical: true)
        default:
            if let bytes = Self.widths[word] { return try parseLoad(bytes, isPhysical: false) }
            if let register = ConditionRegister(word) { return operations.append(.register(register)) }
            if let address = symbols.address(of: word) { return operations.append(.constant(address.rawValue)) }
            position = start
            throw failure("'\(word)' is neither a register nor a symbol")
        }
    }

    private static let widths = ["u8": 1, "u16": 2, "u32": 4, "u64": 8]

    private mutating func parseLoad(_ bytes: Int, isPhysical: Bool) throws(ConditionError) {
        guard take("[") else { throw failure("'[' and an address must follow") }
        try parseBinary(level: 0)
        guard take("]") else { throw failure("']' is missing") }
        operations.append(.load(bytes: bytes, isPhysical: isPhysical))
    }
}

// MARK: Characters

extension ConditionParser {
    private mutating func takeNumber() throws(ConditionError) -> UInt64 {
        let start = position
        let isHexadecimal = text[position...].starts(with: Array("0x".utf8))
        if isHexadecimal { position += 2 }
        let digits = takeWord()
        guard let number = UInt64(digits, radix: isHexadecimal ? 16 : 10), !digits.hasPrefix("+") else {
            position = start
            throw failure("'\(isHexadecimal ? "0x" : "")\(digits)' is not a number of at most 64 bits")
        }
        return number
    }

    /// Takes letters, digits, '_' and '.', but not two dots in a row, because `..` separates the bounds of a range.
    private mutating func takeWord() -> String {
        let start = position
        while position < text.count, isWord(text[position]) {
            if text[position] == UInt8(ascii: "."), position + 1 == text.count || !isLetter(text[position + 1]) {
                break
            }
            position += 1
        }
        return String(decoding: text[start..<position], as: UTF8.self)
    }

    private mutating func takeWord(_ word: String) -> Bool {
        skipSpace()
        let start = position
        if takeWord() == word { return true }
        position = start
        return false
    }

    private mutating func take(_ sign: String) -> Bool {
        skipSpace()
        guard text[position...].starts(with: sign.utf8) else { return false }
        position += sign.utf8.count
        return true
    }

    /// Takes an operator, unless it is the beginning of a looser one: `|` of `||`, or `&` of `&&`.
    private mutating func take(_ sign: String, unlessLonger level: Int) -> Bool {
        let start = position
        guard take(sign) else { return false }
        let isDoubled = position < text.count && (sign == "|" || sign == "&") && text[position] == sign.utf8.first
        let isShift = (sign == "<" || sign == ">") && position < text.count && text[position] == sign.utf8.first
        if isDoubled || isShift { position = start }
        return !isDoubled && !isShift
    }

    private mutating func skipSpace() {
        while position < text.count, text[position] == UInt8(ascii: " ") || text[position] == UInt8(ascii: "\t") {
            position += 1
        }
    }

    private func rest(_ count: Int) -> String {
        String(String(decoding: text[position...], as: UTF8.self).prefix(count))
    }

    private func failure(_ problem: String) -> ConditionError {
        ConditionError(problem: problem, position: position)
    }

    private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    }

    private func isWord(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: ".") }
}
