import Testing
import TraceFormat
import X86

@testable import Replayer

/// Which call a return ends, whatever a guest does to its stacks.
@Suite struct CallTreeTests {
    /// Feeds a tree, and keeps the depth of each step.
    private struct Walk {
        var tree = CallTree()
        var steps: [CallTree.Step] = []
        private var executed: UInt64 = 0

        mutating func take(_ transfer: ControlTransfer) {
            executed += 1
            var transfer = transfer
            transfer.executed = executed
            steps.append(tree.take(transfer, at: Moment(event: EventOrdinal(0), instructions: executed)))
        }

        mutating func call(_ target: UInt64, slot: UInt64, space: UInt64 = 0) {
            take(Self.transfer(.call, to: target, back: target + 0x1000, slot: slot, space: space))
        }

        mutating func back(to target: UInt64, slot: UInt64, space: UInt64 = 0) {
            take(Self.transfer(.return, to: target, back: target, slot: slot, space: space))
        }

        static func transfer(
            _ kind: ControlTransfer.Kind,
            to target: UInt64,
            back: UInt64,
            slot: UInt64?,
            space: UInt64 = 0,
            levels: (UInt8, UInt8) = (0, 0)
        ) -> ControlTransfer {
            var transfer = ControlTransfer(
                kind,
                from: GuestVirtualAddress(0x42),
                to: GuestVirtualAddress(target),
                returningTo: GuestVirtualAddress(back),
                stackSlot: slot.map { GuestVirtualAddress($0) }
            )
            (transfer.addressSpace, transfer.sourceLevel, transfer.targetLevel) = (space, levels.0, levels.1)
            return transfer
        }

        var depths: [Int] { steps.map(\.depth) }
        /// The target of the call that each step ended.
        var ended: [UInt64?] { steps.map { $0.ended?.transfer.target.rawValue } }
    }

    @Test func callsNestAndReturnsEndThem() {
        var walk = Walk()
        walk.call(0x10, slot: 0x1000)
        walk.call(0x20, slot: 0xFF8)
        walk.back(to: 0x1020, slot: 0xFF8)
        walk.call(0x30, slot: 0xFF8)
        walk.back(to: 0x1030, slot: 0xFF8)
        walk.back(to: 0x1010, slot: 0x1000)

        #expect(walk.depths == [0, 1, 1, 1, 1, 0])
        #expect(walk.ended == [nil, nil, 0x20, nil, 0x30, 0x10])
    }

    @Test func returnToACallerFromBeforeIsOfNoKnownCall() {
        var walk = Walk()
        walk.back(to: 0x99, slot: 0x2000)
        walk.call(0x10, slot: 0x1FF8)
        walk.back(to: 0x1010, slot: 0x1FF8)

        #expect(walk.depths == [0, 0, 0])
        #expect(walk.ended == [nil, nil, 0x10])
    }

    @Test func callsThatWereJumpedOutOfAreLeft() {
        var walk = Walk()
        walk.call(0x10, slot: 0x1000)
        for number in 1...5 as ClosedRange<UInt64> { walk.call(0x20, slot: 0x1000 - 8 * number) }
        // longjmp into the first, which calls again.
        walk.call(0x30, slot: 0xFF8)
        walk.back(to: 0x1030, slot: 0xFF8)
        walk.back(to: 0x1010, slot: 0x1000)

        #expect(walk.depths == [0, 1, 2, 3, 4, 5, 2, 2, 0])
        #expect(walk.steps[6].left.count == 4)
        #expect(walk.ended.suffix(2) == [0x30, 0x10])
    }

    @Test func returnThatIsUsedAsAJumpLeavesItsCallerAlone() {
        var walk = Walk()
        walk.call(0x10, slot: 0x1000)
        // push target; ret
        walk.back(to: 0x77, slot: 0xFF8)
        // A thunk: call next; next: mov [rsp], target; ret
        walk.call(0x20, slot: 0xFF8)
        walk.back(to: 0x88, slot: 0xFF8)
        walk.back(to: 0x1010, slot: 0x1000)

        #expect(walk.depths == [0, 1, 1, 1, 0])
        #expect(walk.ended == [nil, nil, nil, 0x20, 0x10])
    }

    @Test func tasksKeepTheirCalls() {
        var walk = Walk()
        // Two tasks, each of which calls the switch, whose return is the other's.
        walk.call(0x10, slot: 0x10_0000)
        walk.call(0x50, slot: 0x0F_FFF8)
        walk.back(to: 0x99, slot: 0x20_0000)
        walk.call(0x20, slot: 0x20_0000)
        walk.call(0x50, slot: 0x1F_FFF8)
        walk.back(to: 0x1050, slot: 0x0F_FFF8)
        walk.back(to: 0x1010, slot: 0x10_0000)
        walk.back(to: 0x1050, slot: 0x1F_FFF8)
        walk.back(to: 0x1020, slot: 0x20_0000)

        #expect(walk.depths == [0, 1, 0, 0, 1, 1, 0, 1, 0])
        #expect(walk.ended == [nil, nil, nil, nil, nil, 0x50, 0x10, 0x50, 0x20])
        #expect(walk.steps[2].left.count == 2)
        #expect(walk.steps[5].resumed.map(\.transfer.target.rawValue) == [0x10])
    }

    @Test func programsWithEqualAddressesAreNotMixedUp() {
        var walk = Walk()
        walk.call(0x10, slot: 0x7000, space: 0x1000)
        walk.take(Walk.transfer(.systemCall, to: 0x500, back: 0x44, slot: nil, levels: (3, 0)))
        walk.call(0x50, slot: 0x10_0000)
        walk.back(to: 0x600, slot: 0x20_0000)
        walk.take(Walk.transfer(.systemReturn, to: 0x44, back: 0x44, slot: nil, levels: (0, 3)))
        walk.back(to: 0x1010, slot: 0x7000, space: 0x2000)

        #expect(walk.ended == [nil, nil, nil, nil, nil, nil])
        #expect(walk.depths == [0, 1, 2, 0, 0, 0])
    }

    @Test func interruptEndsWithItsReturnEvenFromACopyOfItsFrame() {
        var walk = Walk()
        walk.call(0x10, slot: 0x7000, space: 0x1000)
        walk.take(Walk.transfer(.interrupt, to: 0x500, back: 0x44, slot: 0x9000, levels: (3, 0)))
        walk.call(0x20, slot: 0x5_0000)
        walk.take(Walk.transfer(.exception, to: 0x600, back: 0x55, slot: 0x4_0000))
        walk.take(Walk.transfer(.interruptReturn, to: 0x55, back: 0x55, slot: 0x4_0000))
        // The call was left, and the frame lies elsewhere.
        walk.take(Walk.transfer(.interruptReturn, to: 0x44, back: 0x44, slot: 0xA000, levels: (0, 3)))
        walk.back(to: 0x1010, slot: 0x7000, space: 0x1000)

        #expect(walk.depths == [0, 1, 2, 3, 3, 1, 0])
        #expect(walk.ended == [nil, nil, nil, nil, 0x600, 0x500, 0x10])
        #expect(walk.steps[5].left.count == 1)
    }

    @Test func endlessCallsTakeBoundedMemory() {
        var walk = Walk()
        for number in 0..<100_000 as Range<UInt64> {
            _ = walk.tree.take(
                Walk.transfer(.call, to: 0x10, back: 0x20, slot: 0x1000_0000 - 8 * number),
                at: Moment(event: EventOrdinal(0))
            )
        }

        #expect(walk.tree.frames.count <= 1 << 14)
    }
}
