import Testing
import TraceFormat
import X86

@testable import Replayer

@Suite struct ConditionTests {
    private static let view: FixedView = {
        var view = FixedView(memory: (0..<4096).map { UInt8(truncatingIfNeeded: $0) })
        view.state[.rax] = 0x1122_3344_5566_7788
        view.state[.r9] = 9
        view.state.rip = 0x7C05
        view.state.segments.cs.selector = 8
        return view
    }()

    private static let symbols = SymbolTable([
        GuestSymbol(name: "counter", address: GuestVirtualAddress(16), size: 4)
    ])

    @Test(
        arguments: [
            ("1", 1), ("0x10", 16), ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("7 - 2 - 1", 4), ("1 << 4 | 1", 17),
            ("6 & 3 == 2", 1), ("-1", .max), ("~0", .max), ("!5", 0), ("!!5", 1), ("10 % 4", 2), ("1 << 64", 0),
            ("rax", 0x1122_3344_5566_7788), ("eax", 0x5566_7788), ("ax", 0x7788), ("al", 0x88), ("ah", 0x77), ("r9", 9),
            ("r9b", 9), ("RAX == rax", 1), ("cs", 8), ("cs.base", 0), ("cpl", 0),
            ("u8[3]", 3), ("u16[2]", 0x0302), ("u32[0]", 0x0302_0100), ("u64[0]", 0x0706_0504_0302_0100),
            ("phys u16[2]", 0x0302), ("u8[u8[5] + 1]", 6), ("u8[counter]", 16), ("counter + 1", 17),
            ("rip in 0x7c00..0x7dff", 1), ("rip in 0..0x7c04", 0), ("3 in 1..2+1 && 1", 1),
            ("1 < 2", 1), ("2 <= 1", 0), ("2 > 1", 1), ("1 >= 2", 0), ("1 != 1", 0), ("1&&0||1", 1), ("1||0&&0", 1),
            ("u8[99999] || 1", 1), ("u8[99999] && 0", 0), ("1 / 0 == 1 || 2", 1),
        ] as [(String, UInt64)]
    )
    func valuesAreThoseOfTheGrammar(_ text: String, _ value: UInt64) throws {
        var view = Self.view
        #expect(try Condition(text, symbols: Self.symbols).value(in: &view) == value)
    }

    @Test(arguments: ["u8[99999]", "1 / 0", "1 % (1 - 1)", "u64[4095]", "phys u32[u8[99999]]", "u8[99999] in 0..9"])
    func whatCanNotBeReadHasNoValueAndIsNotTrue(_ text: String) throws {
        var view = Self.view
        #expect(try Condition(text).value(in: &view) == nil)
        #expect(try Condition(text).isTrue(in: &view) == false)
    }

    @Test(arguments: [
        ("", 1), ("1 +", 4), ("(1", 3), ("u32", 4), ("u32[1", 6), ("rbogus", 1), ("1 2", 3), ("0x", 1), ("1 in 2", 7),
        ("99999999999999999999", 1), ("phys 1", 7), ("1 ? 2", 3), ("u8[]", 4), (")", 1), ("&& 1", 1), ("12ab", 1),
    ])
    func errorsSayWhere(_ text: String, _ character: Int) {
        let error = #expect(throws: ConditionError.self) { try Condition(text) }
        #expect(error?.description.contains("at character \(character) ") == true, "\(error?.description ?? "none")")
    }

    @Test(arguments: ["(", "!", "-", "u8[", "phys u8["])
    func deepNestingIsRefused(_ opening: String) {
        let text = String(repeating: opening, count: 4000 / opening.utf8.count)
        #expect(throws: ConditionError.self) { try Condition(text) }
    }

    @Test func longTextsAreRefusedAndLongChainsAreNot() throws {
        var view = Self.view
        let chain = "1" + String(repeating: "+1", count: 2000)

        #expect(try Condition(chain).value(in: &view) == 2001)
        #expect(throws: ConditionError.self) { try Condition(chain + chain) }
    }
}
