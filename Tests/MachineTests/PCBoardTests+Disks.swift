import Devices
import Engine
import GuestMemory
import Platform
import Testing
import X86

@testable import Machine

/// Drives and their registers, and drives that are busy.
extension PCBoardTests {
    @Test(arguments: [UInt16(0x1F0), 0x170])
    func aWordOfADrivesRegistersIsTwoBytes(base: UInt16) {
        var bench = Bench { setup in
            let disk = Drive(disk: Disk(MemoryImage([UInt8](repeating: 1, count: 4096))), interface: .ide)
            setup.drives = [disk, disk, disk, disk]
        }
        bench.write(base + 4, .word, 0x2211)
        #expect([bench.read(base + 4), bench.read(base + 5)] == [0x11, 0x22])
        #expect(bench.read(base + 4, .word) == 0x2211)
        #expect(bench.read(base + 2, .word) == 0x0101)
        #expect(bench.read(base + 2, .doubleword) == 0xFFFF_FFFF)
        bench.write(base + 2, .doubleword, 0x0504_0302)
        #expect(bench.read(base + 2, .word) == 0x0101)
        // The device and a command in one: IDENTIFY DEVICE.
        bench.write(base + 6, .word, 0xECE0)
        #expect(bench.read(base + 7) == 0x58)
        #expect(bench.read(base + 7, .word) == 0xFF58)
    }

    /// A board with one IDE disk, which is busy with each request for some nanoseconds.
    static func benchWithDisk(busyFor pause: UInt64) -> Bench {
        Bench { setup in
            let image = MemoryImage([UInt8](repeating: 1, count: 4096))
            setup.drives = [Drive(disk: Disk(image), interface: .ide)]
            setup.diskBatch = { (count: 1, pause: pause) }
        }
    }

    @Test func randomNumbersAreDrawnForThoseThatAskForThem() {
        let bench = Bench()
        var drawn = 0
        func draw() -> UInt64 {
            drawn += 1
            return 7
        }

        let values = HiddenInstruction.allCases.map { bench.board.readHidden($0, randomness: draw(), now: bench.now) }

        #expect(drawn == 2)
        #expect(values == [0, 0, 7, 7, 0, 0])
    }

    @Test func aDriveThatIsBusyIsDoneInTime() {
        var bench = Self.benchWithDisk(busyFor: 700_000)
        bench.openInterrupts()
        bench.write(0x1F7, .byte, 0xEC)
        let deadline = MachineTime.start.advanced(byNanoseconds: 700_000)
        let (early, next) = (bench.read(0x1F7), bench.board.nextDeadline)
        let writes = bench.board.writesMemory(by: deadline)
        #expect(early == 0x80)
        #expect(next == deadline)
        #expect(!writes)
        bench.wait(nanoseconds: 699_999)
        let before = bench.board.interruptRequested
        bench.wait(nanoseconds: 1)
        let after = bench.board.interruptRequested
        #expect([before, after] == [false, true])
        let (vector, late) = (bench.board.acknowledgeInterrupt(), bench.read(0x1F7))
        #expect(vector == 0x2E)
        #expect(late == 0x58)
    }

    @Test func aGuestThatPollsABusyDriveSeesItDone() {
        var bench = Self.benchWithDisk(busyFor: 700_000)
        bench.write(0x1F7, .byte, 0xEC)
        let early = bench.read(0x3F6)
        bench.now = bench.now.advanced(byNanoseconds: 700_000)
        let late = bench.read(0x3F6)
        #expect([early, late] == [0x80, 0x58])
    }

    @Test func aDriveThatIsBusyForNoTimeIsNotSeenBusy() {
        var bench = Self.benchWithDisk(busyFor: 0)
        bench.write(0x1F7, .byte, 0xEC)
        let status = bench.read(0x1F7)
        #expect(status == 0x58)
    }
}
