import Foundation
import KVMCore
import Synchronization
import TestBasics
import Testing
import X86

@Suite(.needsKVM) struct KickTests {
    /// Never exits.
    static let endless: [UInt8] = [
        0xEB, 0xFE,  // here: jmp here
    ]
    /// Exits all the time.
    static let chatty: [UInt8] = [
        0xE6, 0x10,  // here: out 0x10, al
        0xEB, 0xFC,  // jmp here
    ]

    /// Kicks from a thread of its own, each time after the kick before has been reported and a random moment has passed.
    final class Tormentor: Sendable {
        static let patience: TimeInterval = 20

        let reported = Atomic<Int>(0)
        /// Kicks that were not reported while the thread's patience lasted.
        let lost = Atomic<Int>(0)
        let done = Atomic<Bool>(false)

        func start(_ kicker: VCPUKicker, count: Int) {
            Thread.detachNewThread {
                var random = SystemRandomNumberGenerator()
                for number in 1...count {
                    for _ in 0..<Int.random(in: 0..<5000, using: &random) { _ = self.reported.load(ordering: .relaxed) }
                    kicker.kick()
                    self.awaitReport(of: number, kicker)
                }
                self.done.store(true, ordering: .sequentiallyConsistent)
                kicker.kick()
            }
        }

        private func awaitReport(of number: Int, _ kicker: VCPUKicker) {
            let deadline = Date(timeIntervalSinceNow: Self.patience)
            while reported.load(ordering: .sequentiallyConsistent) < number {
                if Date() > deadline {
                    lost.add(1, ordering: .sequentiallyConsistent)
                    // Another kick, so that the test ends and says what happened.
                    kicker.kick()
                    return
                }
                sched_yield()
            }
        }
    }

    @Test(arguments: [("endless", endless, 1000), ("chatty", chatty, 3000)])
    func noKickIsLostWheneverItComes(name: String, code: [UInt8], count: Int) throws {
        var guest = try TinyGuest(code)
        let tormentor = Tormentor()
        tormentor.start(guest.vcpu.kicker, count: count)
        var kicked = 0
        while !tormentor.done.load(ordering: .sequentiallyConsistent) {
            guard try guest.vcpu.run() == .kicked else { continue }
            kicked += 1
            tormentor.reported.add(1, ordering: .sequentiallyConsistent)
        }
        #expect(tormentor.lost.load(ordering: .sequentiallyConsistent) == 0)
        #expect(kicked >= count)
        #expect(kicked <= count + 1)
    }

    @Test func aKickBeforeARunStopsItBeforeTheFirstInstruction() throws {
        var guest = try TinyGuest(Self.chatty)
        guest.vcpu.kicker.kick()
        #expect(try guest.vcpu.run() == .kicked)
        #expect(try guest.vcpu.registers().rip == TinyGuest.start)
        #expect(try guest.vcpu.run() == .exit)
    }

    @Test func severalKicksBeforeARunAreOne() throws {
        var guest = try TinyGuest(Self.chatty)
        let kicker = guest.vcpu.kicker
        for _ in 0..<5 { kicker.kick() }
        #expect(try guest.vcpu.run() == .kicked)
        #expect(try guest.vcpu.run() == .exit)
    }

    @Test func aCompletionLeavesAKickForTheNextRun() throws {
        var guest = try TinyGuest(Self.chatty)
        #expect(try guest.vcpu.run() == .exit)
        guest.vcpu.kicker.kick()
        #expect(try guest.vcpu.completePendingExit() == .completed)
        #expect(try guest.vcpu.registers().rip == TinyGuest.start + 2)
        #expect(try guest.vcpu.run() == .kicked)
        #expect(try guest.vcpu.run() == .exit)
    }

    @Test func aKickAfterTheVCPUIsGoneDoesNothing() throws {
        let kicker = try Self.kickerOfAVCPUThatIsGone()
        // Its run page most likely lies where that of the one before was.
        var guest = try TinyGuest(Self.chatty)
        kicker.kick()
        #expect(try guest.vcpu.run() == .exit)
        #expect(try guest.summary() == "out 0x10 byte 0")
    }

    @Test func aSignalThatIsNoKickIsToldApart() throws {
        var guest = try TinyGuest(Self.endless)
        let thread = pthread_self()
        Thread.detachNewThread { [kicker = guest.vcpu.kicker] in
            // The signal that kicks use, without a kick: often enough to hit the run at least once.
            for _ in 0..<200 {
                pthread_kill(thread, SIGURG)
                usleep(500)
            }
            kicker.kick()
        }
        var outcomes: Set<RunOutcome> = []
        while !outcomes.contains(.kicked) { outcomes.insert(try guest.vcpu.run()) }
        #expect(outcomes == [.interrupted, .kicked])
    }

    @Test func aKickFindsTheVCPUOnWhicheverThreadItRuns() throws {
        let box = GuestBox(try TinyGuest(Self.endless))
        let kicker = box.guest.vcpu.kicker
        for _ in 0..<20 {
            let outcome = Mutex<RunOutcome?>(nil)
            let finished = DispatchSemaphore(value: 0)
            Thread.detachNewThread {
                let result = try? box.guest.vcpu.run()
                outcome.withLock { $0 = result }
                finished.signal()
            }
            usleep(1000)
            kicker.kick()
            finished.wait()
            #expect(outcome.withLock { $0 } == .kicked)
        }
    }

    /// Carries a guest to another thread.
    ///
    /// Sendable, because the threads use it one after the other, in the order of a semaphore.
    final class GuestBox: @unchecked Sendable {
        var guest: TinyGuest

        init(_ guest: consuming TinyGuest) {
            self.guest = guest
        }
    }

    static func kickerOfAVCPUThatIsGone() throws -> VCPUKicker {
        let guest = try TinyGuest(endless)
        return guest.vcpu.kicker
    }
}
