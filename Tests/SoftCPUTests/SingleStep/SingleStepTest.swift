import Glibc

/// One instruction, the state before it, and what the processor made of it and of the HLT behind it.
struct SingleStepTest {
    var name = ""
    var bytes: [UInt8] = []
    /// By ``Register``.
    var initial = [UInt16](repeating: 0, count: Register.allCases.count)
    /// Where a register has changed, its value.
    var final = [UInt16?](repeating: nil, count: Register.allCases.count)
    var initialMemory: [(address: Int, byte: UInt8)] = []
    var finalMemory: [(address: Int, byte: UInt8)] = []
    /// The exception or interrupt that was taken, and where the flags were pushed.
    var exception: (vector: UInt8, flagAddress: Int)?

    /// A register at the end.
    func final(_ register: Register) -> UInt16 { final[register.rawValue] ?? initial[register.rawValue] }

    enum Register: Int, CaseIterable {
        case ax, cx, dx, bx, sp, bp, si, di, es, cs, ss, ds, ip, flags

        static let names = Dictionary(
            uniqueKeysWithValues: allCases.map { (Array("\($0)".utf8.prefix(2)), $0.rawValue) }
        )
    }
}

/// Reads tests out of the text of a file. The text is what the suite's own program has written, so its form is known: a general
/// parser of JSON would take most of the time of a run.
@safe
struct SingleStepScanner {
    private var at: UnsafePointer<CChar>

    /// Reads all tests of a text that ends with a zero.
    static func tests(in text: [UInt8]) -> [SingleStepTest] {
        // SAFETY: the text ends with a zero, at which every search below ends, and lives during the call.
        unsafe text.withUnsafeBufferPointer { buffer in
            unsafe buffer.withMemoryRebound(to: CChar.self) { characters in
                var scanner = unsafe SingleStepScanner(at: characters.baseAddress!)
                var tests: [SingleStepTest] = []
                while scanner.find("{\"name\":\"") { tests.append(scanner.test()) }
                return tests
            }
        }
    }

    private mutating func test() -> SingleStepTest {
        var result = SingleStepTest()
        let length = unsafe strcspn(at, "\"")
        result.name = unsafe String(
            decoding: UnsafeRawBufferPointer(start: at, count: length),
            as: UTF8.self
        )
        _ = find("\"bytes\":[")
        while !isAtEnd("]") { result.bytes.append(UInt8(number())) }
        _ = find("\"initial\":{\"regs\":{")
        while let (register, value) = register() { result.initial[register] = value }
        result.initialMemory = memory()
        _ = find("\"final\":{\"regs\":{")
        while let (register, value) = register() { result.final[register] = value }
        result.finalMemory = memory()
        // Two braces end a test without an exception.
        if unsafe at[0] == UInt8(ascii: "}"), unsafe at[1] == UInt8(ascii: ",") {
            _ = find("\"number\":")
            let vector = UInt8(number())
            _ = find("\"flag_address\":")
            result.exception = (vector, number())
        }
        return result
    }

    private mutating func memory() -> [(address: Int, byte: UInt8)] {
        var result: [(address: Int, byte: UInt8)] = []
        _ = find("\"ram\":[")
        while !isAtEnd("]") {
            unsafe at += 1
            let address = number()
            unsafe at += 1
            result.append((address, UInt8(number())))
            unsafe at += 1
        }
        return result
    }

    private mutating func register() -> (Int, UInt16)? {
        if isAtEnd("}") { return nil }
        let name = unsafe [UInt8(bitPattern: at[1]), UInt8(bitPattern: at[2])]
        _ = find(":")
        return (SingleStepTest.Register.names[name]!, UInt16(number()))
    }

    /// Goes behind the next occurrence of a text.
    private mutating func find(_ text: String) -> Bool {
        guard let found = unsafe strstr(at, text) else { return false }
        unsafe at = UnsafePointer(found) + text.utf8.count
        return true
    }

    /// Goes behind a comma, or behind the end of a list.
    private mutating func isAtEnd(_ end: Character) -> Bool {
        if unsafe at[0] == UInt8(ascii: ",") { unsafe at += 1 }
        guard unsafe UInt8(bitPattern: at[0]) == end.asciiValue else { return false }
        unsafe at += 1
        return true
    }

    private mutating func number() -> Int {
        var end: UnsafeMutablePointer<CChar>?
        let value = unsafe strtol(at, &end, 10)
        unsafe at = UnsafePointer(end!)
        return value
    }
}
