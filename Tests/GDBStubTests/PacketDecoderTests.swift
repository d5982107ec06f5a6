import Testing

@testable import GDBStub

/// Whatever arrives is taken apart as the protocol says, in pieces of any size.
@Suite struct PacketDecoderTests {
    private func items(_ bytes: some Sequence<UInt8>) -> [PacketDecoder.Item] {
        var decoder = PacketDecoder()
        return bytes.compactMap { decoder.take($0) }
    }

    @Test func aPacketIsItsContent() {
        #expect(items("+$g#67".utf8) == [.acknowledged, .packet(Array("g".utf8))])
    }

    @Test func escapesAreUndone() {
        let framed = Packet.framed(Array("a}b#c$d*e".utf8))
        #expect(items(framed) == [.packet(Array("a}b#c$d*e".utf8))])
        #expect(!framed.dropFirst().dropLast(3).contains { $0 == UInt8(ascii: "#") || $0 == UInt8(ascii: "$") })
    }

    @Test(arguments: ["$g#68", "$g#zz", "$g#6z", "$X1,1:\u{1}#00"])
    func aWrongChecksumIsSaid(_ text: String) {
        #expect(items(text.utf8) == [.damaged])
    }

    @Test func aPacketWhoseEndIsLostIsForgotten() {
        #expect(items("$m1,2$g#67".utf8) == [.packet(Array("g".utf8))])
    }

    @Test func aByteThreeInterruptsOutsidePacketsOnly() {
        #expect(items([3] + Packet.framed([3, 3])) == [.interrupt, .packet([3, 3])])
    }

    @Test func aPacketMayBeSoLongAndNoLonger() {
        let longest = [UInt8](repeating: 65, count: PacketDecoder.mostBytes)
        #expect(items(Packet.framed(longest)) == [.packet(longest)])
        #expect(items(Packet.framed(longest + [65])) == [.tooLong])
        #expect(items(Packet.framed(longest + [65]) + Packet.framed([66])) == [.tooLong, .packet([66])])
    }
}
