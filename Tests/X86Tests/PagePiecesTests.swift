import Testing
import X86

@Suite struct PagePiecesTests {
    @Test(
        arguments: [
            (0x1000, 0x1000, [0x1000: 0x1000]), (0x1FFF, 2, [0x1FFF: 1, 0x2000: 1]),
            (0x1800, 0x2000, [0x1800: 0x800, 0x2000: 0x1000, 0x3000: 0x800]),
            (0x1234, 0, [:]), (.max, 3, [.max: 1, 0: 2]),
        ] as [(UInt64, Int, [UInt64: Int])]
    )
    func aStretchIsDividedWherePagesEnd(address: UInt64, count: Int, pieces: [UInt64: Int]) {
        let found = Array(PagePieces(at: address, count: count))

        #expect(Dictionary(uniqueKeysWithValues: found.map { ($0.address, $0.count) }) == pieces)
        #expect(found.first?.address == (count > 0 ? address : nil))
    }
}
