import Demangling
import Testing

/// Readable names. The expected ones are what c++filt, swift-demangle and rustfilt print.
@Suite struct DemangledNameTests {
    @Test(
        arguments: [
            ("_ZN5guest4Ring4pushEi", "guest::Ring::push(int)"),
            ("_ZNSt6vectorIiSaIiEE9push_backERKi", "std::vector<int, std::allocator<int> >::push_back(int const&)"),
            ("_ZN4core3fmt9Formatter9write_str17h0123456789abcdefE", "core::fmt::Formatter::write_str"),
            (
                "_ZN53_$LT$guest..Ring$u20$as$u20$core..ops..drop..Drop$GT$4drop17h0123456789abcdefE",
                "<guest::Ring as core::ops::drop::Drop>::drop"
            ),
            ("$s5guest4RingV4pushyySiF", "guest.Ring.push(Swift.Int) -> ()"),
        ]
    )
    func nameIsReadable(_ name: String, _ expected: String) {
        #expect(DemangledName.of(name) == expected)
    }

    @Test(arguments: ["main", "_start", "", "_Z", "_ZN", "$s", "_RNvC5guest4main", "_ZN5guest4Ring4push", "_Zx\0y"])
    func otherNamesStayAsTheyAre(_ name: String) {
        #expect(DemangledName.of(name) == name)
    }

    /// `f(p<p<a, a>, p<a, a>>)` and so on: each level has the one before twice.
    private static func growingName(levels: Int) -> String {
        let references = (levels..<2 * levels).map { "S\(String($0 - 1, radix: 36, uppercase: true))_E" }
        return "_Z1f" + String(repeating: "1pI", count: levels) + "1a" + references.joined()
    }

    @Test func nameThatGrowsWithoutBoundStaysAsItIs() {
        let (small, large) = (Self.growingName(levels: 3), Self.growingName(levels: 40))

        #expect(DemangledName.of(small).count > 40)
        #expect(DemangledName.of(large) == large)
    }

    @Test func longNameStaysAsItIs() {
        let name = "_Z2000" + String(repeating: "a", count: 2000) + "v"

        #expect(DemangledName.of(name) == name)
    }
}
