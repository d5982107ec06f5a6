import Dispatch
import Synchronization
import Testing

@testable import Recorder

/// What is typed comes to the guest once and in order.
@Suite struct ConsoleInputTests {
    @Test func bytesAreTakenInOrderAndOnce() {
        let input = ConsoleInput()
        input.send([1, 2, 3])
        input.send([4])

        let parts = [input.take(2), input.take(9), input.take(9)]

        #expect(parts == [[1, 2], [3, 4], []])
    }

    @Test func sourceWithoutEndWaitsUntilTheGuestHasRead() {
        let input = ConsoleInput()
        let fed = Atomic(0)
        let block = [UInt8](repeating: 7, count: ConsoleInput.capacity)
        let isOver = DispatchSemaphore(value: 0)
        DispatchQueue(label: "source").async {
            for _ in 0..<100 {
                input.feed(block)
                fed.add(1, ordering: .sequentiallyConsistent)
            }
            isOver.signal()
        }

        var (taken, furthest) = (0, 0)
        while taken < 100 * block.count {
            let count = input.take(16).count
            taken += count
            furthest = max(furthest, fed.load(ordering: .sequentiallyConsistent) * block.count - taken)
        }

        isOver.wait()
        #expect(furthest <= 2 * block.count)
        #expect(!input.hasBytes)
    }

    @Test func whatIsTypedAtAGuestThatReadsNothingIsLostAtSomeTime() {
        let input = ConsoleInput()

        for _ in 0..<2 * ConsoleInput.capacity { input.offer([1]) }

        #expect(input.take(.max).count == ConsoleInput.capacity)
    }

    @Test func bytesWaitUntilTheLastIsTaken() {
        let input = ConsoleInput()
        let before = input.hasBytes
        input.send([1, 2])

        #expect(!before)
        #expect(input.hasBytes)
        _ = input.take(1)
        #expect(input.hasBytes)
        _ = input.take(1)
        #expect(!input.hasBytes)
    }

    @Test func nothingIsNoInput() {
        let input = ConsoleInput()
        let wakes = Atomic(0)
        input.attach { wakes.add(1, ordering: .relaxed) }

        input.send([])

        #expect(!input.hasBytes)
        #expect(wakes.load(ordering: .relaxed) == 0)
    }

    @Test func aCopyHasWhatIsNotTakenYetAndGoesItsOwnWay() {
        let input = ConsoleInput()
        input.send([1, 2, 3])
        _ = input.take(1)

        let copy = input.copy()
        copy.send([4])

        #expect(input.take(9) == [2, 3])
        #expect(copy.take(9) == [2, 3, 4])
    }

    @Test func typingWakesTheGuestThatIsAttached() {
        let input = ConsoleInput()
        let wakes = Atomic(0)
        input.attach { wakes.add(1, ordering: .relaxed) }
        input.send([1])
        input.attach(nil)
        input.send([2])

        #expect(wakes.load(ordering: .relaxed) == 1)
        #expect(input.take(9) == [1, 2])
    }

    @Test func bytesOfManyThreadsAreAllThere() {
        let input = ConsoleInput()
        let (threads, each) = (8, 500)

        DispatchQueue.concurrentPerform(iterations: threads) { number in
            for _ in 0..<each { input.send([UInt8(number)]) }
        }

        let bytes = (0..<threads * each).flatMap { _ in input.take(1) }
        #expect(bytes.sorted() == (0..<threads).flatMap { [UInt8](repeating: UInt8($0), count: each) })
        #expect(!input.hasBytes)
    }
}
