import Testing
import X86

@testable import Engine

@Suite struct HotPagesTests {
    @Test func pagesAreHotWhenTheyChangeTwiceAndColdWhenTheyNoLongerDo() {
        let page = GuestPhysicalAddress(0x5000)
        var hot = HotPages()

        hot.update(changed: [page])
        #expect(hot.pages.isEmpty)
        hot.update(changed: [])
        hot.update(changed: [page, GuestPhysicalAddress(0x6000)])
        #expect(hot.pages == [page])
        for _ in 0..<8 { hot.update(changed: []) }
        #expect(hot.pages == [page])
        hot.update(changed: [])
        #expect(hot.pages.isEmpty)
        hot.update(changed: [page])
        #expect(hot.pages.isEmpty)
    }
}
