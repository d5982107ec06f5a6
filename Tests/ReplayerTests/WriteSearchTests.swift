import Engine
import GuestImages
import TestBasics
import Testing
import TraceFormat
import X86

@testable import Replayer

@Suite(.needsKVM, .slow)
struct WriteSearchTests {
    private static let guests = ["hello", "exit-codes", "mmio", "rep-outs"].map(Guest.named)

    /// Every change of a few addresses, by executing one instruction after the other and comparing.
    @Test(arguments: guests)
    func searchesAgreeWithSteppingThroughEverything(_ guest: Guest) throws {
        let reader = try Recording.make(guest, keyframeInterval: 9, maximumEvents: 60)
        var generator = SeededGenerator(seed: UInt64(guest.image.count))
        let oracle = try Oracle(reader)
        let addresses = (0..<12).map { _ in oracle.interesting.randomElement(using: &generator) ?? 0x7C00 }

        for address in addresses {
            let watched = WatchedMemory(physical: GuestPhysicalAddress(address), count: 1)
            var all = try WriteSearch(Timeline(reader), watched)
            var found: [Moment] = []
            try all.all { found.append($0.moment) }
            #expect(found == oracle.changes[address] ?? [], "address \(address)")

            let limit = try #require(oracle.moments.randomElement(using: &generator))
            var last = try WriteSearch(Timeline(reader), watched)
            let expected = (oracle.changes[address] ?? []).last { $0 <= limit }
            #expect(try last.last(before: limit)?.moment == expected, "address \(address) before \(limit)")
        }
    }

    @Test func theInstructionAndTheBytesAreNamed() throws {
        // mov byte [0x600], 5; out 0x80, al; mov word [0x5FF], 0x0607; out 0x80, al; mov al, 0; out 0xF4, al
        let reader = try Recording.make([
            0xC6, 0x06, 0x00, 0x06, 0x05, 0xE6, 0x80, 0xC7, 0x06, 0xFF, 0x05, 0x07, 0x06, 0xE6, 0x80, 0xB0, 0x00, 0xE6,
            0xF4,
        ])
        let watched = WatchedMemory(physical: GuestPhysicalAddress(0x600), count: 2)
        var search = try WriteSearch(Timeline(reader), watched)
        var changes: [MemoryChange] = []

        try search.all { changes.append($0) }

        #expect(changes.map(\.old) == [[0, 0], [5, 0]])
        #expect(changes.map(\.new) == [[5, 0], [6, 0]])
        #expect(changes.map { $0.instructionAddress } == [0x7C00, 0x7C07])
    }

    @Test func aStretchAcrossPagesIsWatchedInBoth() {
        let watched = WatchedMemory(physical: GuestPhysicalAddress(0x1FFE), count: 4)

        #expect(watched.pages == [GuestPhysicalAddress(0x1000), GuestPhysicalAddress(0x2000)])
        #expect(watched.pieces.map(\.count) == [2, 2])
    }
}

extension MemoryChange {
    fileprivate var instructionAddress: UInt64? {
        if case .instruction(let line) = writer { line?.instruction.address.rawValue } else { nil }
    }
}

/// What every instruction of a run changed in the first 64 KiB, found without any cleverness.
private struct Oracle {
    var changes: [UInt64: [Moment]] = [:]
    var moments: [Moment] = []

    init(_ reader: TraceReader) throws {
        var timeline = try Timeline(reader)
        try timeline.seek(to: Moment(event: reader.header.firstEvent))
        var old = try timeline.memory.read(at: GuestPhysicalAddress(0), count: 65_536)
        while try timeline.step() != .end, let moment = timeline.moment {
            guard try timeline.finishAccess() else { continue }
            moments.append(moment)
            let new = try timeline.memory.read(at: GuestPhysicalAddress(0), count: 65_536)
            if new != old {
                for address in new.indices where new[address] != old[address] {
                    changes[UInt64(address), default: []].append(moment)
                }
            }
            old = new
        }
    }

    /// Addresses that change, and some that do not.
    var interesting: [UInt64] { changes.keys.sorted() + [0, 0x500, 0x7C00, 0x7C01] }
}
