import Testing
import X86

@testable import GDBStub

/// What a client asks for, it gets, however its bytes arrive.
@Suite struct GDBSessionTests {
    /// The answers to some packets, without acknowledgements.
    private func answers(
        to packets: [String],
        _ target: FixedTarget = FixedTarget(),
        inPiecesOf size: Int = 1000
    ) -> [String] {
        let sent = packets.flatMap { Packet.framed(Array($0.utf8)) }
        return answers(toBytes: sent, target, inPiecesOf: size)
    }

    private func answers(toBytes sent: [UInt8], _ target: FixedTarget, inPiecesOf size: Int = 1000) -> [String] {
        let client = ScriptedClient(sent, inPiecesOf: size)
        _ = GDBSession(client, target: target).run()
        var decoder = PacketDecoder()
        return client.answers.compactMap { byte in
            guard case .packet(let content)? = decoder.take(byte) else { return nil }
            return String(decoding: content, as: UTF8.self)
        }
    }

    @Test(arguments: [1, 2, 7, 1000])
    func memoryIsRead(inPiecesOf size: Int) {
        #expect(answers(to: ["m10,4", "mffff,4", "m10,0"], inPiecesOf: size) == ["10111213", "E01", ""])
    }

    @Test(arguments: RegisterLayout.Width.allCases)
    func registersAreThoseOfTheDescription(_ width: RegisterLayout.Width) throws {
        let target = FixedTarget(width)
        target.fixed[.rax] = 0x1122_3344
        target.fixed.rip = 0x7C00

        let all = try #require(answers(to: ["g"], target).first)
        let description = RegisterLayout(width).description
        let sizes = description.matches(of: #/bitsize="([0-9]+)"/#).compactMap { Int($0.output.1) }

        #expect(all.hasPrefix("44332211"))
        #expect(all.count == sizes.reduce(0, +) / 4)
        #expect(
            answers(to: ["p\(String(width == .bits64 ? 16 : 8, radix: 16))"], target).first?.hasPrefix("007c") == true
        )
        #expect(answers(to: ["pffff"], target) == ["E01"])
    }

    @Test func anInstructionPointerIsALinearAddress() {
        let target = FixedTarget(.bits16)
        target.fixed.rip = 0x12
        target.fixed.segments.cs.base = 0x7C00
        #expect(answers(to: ["p8"], target) == ["127c0000"])
    }

    @Test func breakpointsAndWatchpointsComeAndGo() {
        let target = FixedTarget()
        #expect(
            answers(to: ["Z0,10,1", "Z1,20,1", "z0,10,1", "Z2,30,4", "Z3,40,8", "Z5,0,1"], target).suffix(1) == [""]
        )
        #expect(target.breakpoints == [0x20])
        #expect(
            target.watchpoints == [
                Watchpoint(kind: .write, address: 0x30, count: 4), Watchpoint(kind: .read, address: 0x40, count: 8),
            ]
        )
    }

    @Test func theGuestRunsBothWays() {
        let target = FixedTarget()
        (target.stop, target.looks) = (.beginning, 0)
        let stops = answers(to: ["c", "s", "bs", "bc", "vCont;s:1;c", "vCont;r10,20:1"], target)
        #expect(target.resumptions == [.run, .step, .stepBack, .runBack, .step, .stepInRange(0x10..<0x20)])
        #expect(stops.allSatisfy { $0 == "T05thread:1;replaylog:begin;" })
    }

    @Test func anInterruptStopsTheGuestAtOnce() {
        let target = FixedTarget()
        target.looks = 3
        let sent = Packet.framed(Array("bc".utf8)) + [3] + Packet.framed(Array("?".utf8))
        #expect(answers(toBytes: sent, target, inPiecesOf: 1) == ["T02thread:1;", "T02thread:1;"])
    }

    @Test func aClientThatIsGoneStopsTheGuest() {
        let target = FixedTarget()
        target.looks = 1_000_000
        #expect(answers(to: ["c"], target) == ["T02thread:1;"])
    }

    @Test func acknowledgementsEndWhenTheClientWantsIt() {
        let sent = Packet.framed(Array("QStartNoAckMode".utf8)) + Packet.framed(Array("qC".utf8))
        let client = ScriptedClient(sent, inPiecesOf: 1000)
        _ = GDBSession(client, target: FixedTarget()).run()
        #expect(String(decoding: client.answers, as: UTF8.self) == "+$OK#9a$QC1#c5")
    }

    @Test func aPacketThatWasDamagedOnItsWayIsSentAgain() {
        let client = ScriptedClient(Packet.framed(Array("qC".utf8)) + Array("-$qC#00".utf8), inPiecesOf: 1000)
        _ = GDBSession(client, target: FixedTarget()).run()
        #expect(String(decoding: client.answers, as: UTF8.self) == "+$QC1#c5$QC1#c5-")
    }

    @Test func onlyWhatTheTargetCanDoIsOffered() throws {
        let offer = try #require(answers(to: ["qSupported:swbreak+"]).first)
        #expect(offer.contains("ReverseContinue+"))
        #expect(!offer.contains("exec-file"))
        #expect(
            answers(to: ["M10,1:00", "P0=0000000000000000", "vRun;", "vFile:open:00,0,0"]) == ["E01", "E01", "", ""]
        )
    }

    @Test func whatIsKilledIsOver() {
        #expect(answers(to: ["k", "qC"]).isEmpty)
        #expect(answers(to: ["vKill;1", "qC"]) == ["OK"])
    }

    @Test func monitorAnswersInText() {
        #expect(answers(to: ["qRcmd,6869"]) == ["O796f75207361696420686" + "90a", "OK"])
    }

    @Test(
        arguments: [
            "m", "m1", "m1,", "m,1", "mg,1", "m11111111111111111,1", "Z0", "Z0,1", "Z2,0,0", "Z2,0,fffffff", "p", "P0",
            "G00",
            "qXfer:features:read:target.xml:0", "vCont;r1", "vCont;x", "qRcmd,6", "X0,4:a",
        ]
    )
    func nonsenseIsAnError(_ packet: String) {
        #expect(answers(to: [packet]).last?.hasPrefix("E") == true, "\(packet)")
    }

    @Test(arguments: ["", "y", "qNothing", "vNothing", "bx", "Z9,0,1", "\u{7f}"])
    func whatIsUnknownIsAnsweredWithNothing(_ packet: String) {
        #expect(answers(to: [packet]) == [""])
    }
}
