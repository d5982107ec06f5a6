import Engine
import GuestImages
import TestBasics
import Testing
import TraceFormat
import X86

@testable import Replayer

@Suite(.needsKVM, .slow)
struct MomentSearchTests {
    /// mov cx, 200; l: in al, 0x80; inc word [0x600]; out 0x80, al; loop l; mov al, 0; out 0xF4, al
    private static let counting: [UInt8] = [
        0xB9, 0xC8, 0x00, 0xE4, 0x80, 0xFF, 0x06, 0x00, 0x06, 0xE6, 0x80, 0xE2, 0xF6, 0xB0, 0x00, 0xE6, 0xF4,
    ]

    @Test(arguments: [1, 2, 25, 100, 199, 200])
    func theInstructionThatMadeItTrueIsFound(_ count: UInt64) throws {
        let reader = try Recording.make(Self.counting)
        var lasting = try MomentSearch(Timeline(reader), Condition("u16[0x600] >= \(count)"))
        var first = try MomentSearch(Timeline(reader), Condition("u16[0x600] >= \(count)"))

        let found = try #require(try lasting.firstLasting())
        let foundFirst = try #require(try first.first())

        #expect(found.instruction?.instruction.address == GuestVirtualAddress(0x7C05))
        #expect(found.moment == foundFirst.moment)
        #expect(found.moment.instructions == 1)
        var timeline = try Timeline(reader)
        try timeline.seek(to: found.moment)
        #expect(try timeline.memory.read(at: GuestPhysicalAddress(0x600), count: 2) == [UInt8(count), 0])
    }

    @Test func whatIsNotTrueAtTheEndIsNotFoundToLast() throws {
        let reader = try Recording.make(Self.counting)
        var lasting = try MomentSearch(Timeline(reader), Condition("u16[0x600] == 100"))
        var first = try MomentSearch(Timeline(reader), Condition("u16[0x600] == 100"))

        #expect(try lasting.firstLasting() == nil)
        #expect(try first.first() != nil)
    }

    @Test func whatIsTrueFromTheStartIsFoundThere() throws {
        let reader = try Recording.make(Self.counting)
        var search = try MomentSearch(Timeline(reader), Condition("1"))

        let found = try #require(try search.firstLasting())

        #expect(found.moment == Moment(event: EventOrdinal(0)))
        #expect(found.before == nil)
    }
}
