import Symbols
import Testing
import TraceFormat
import X86

/// Lists of symbols as text.
@Suite struct SymbolListTests {
    @Test func namesOfPlacesAreReadByRisingAddress() {
        let symbols = SymbolList.symbols(
            in: """
                ffffffff81000100 T second
                ffffffff81000000 t first\t[module]
                0000000000000040 A number
                                 U elsewhere

                """.replacing("                 U elsewhere", with: "0 U elsewhere")
        )

        #expect(
            symbols == [
                GuestSymbol(name: "first", address: GuestVirtualAddress(0xFFFF_FFFF_8100_0000), size: 0),
                GuestSymbol(name: "second", address: GuestVirtualAddress(0xFFFF_FFFF_8100_0100), size: 0),
            ]
        )
    }

    @Test(arguments: ["", "\n", "ffffffff81000000 T", "main T 1000", "1000 text main", "1000 T main\nand so on"])
    func anythingElseIsNoList(text: String) {
        #expect(SymbolList.symbols(in: text) == nil)
    }
}
