import Platform
import Testing
import X86

@testable import Devices

/// Drives that take their time.
extension IDEControllerTests {
    @Test func aBusyDriveShowsAndHearsNothingElse() {
        var bench = Bench(takesTime: true)
        bench.command(0x20, sector: 5, count: 2)
        for block in 5...6 as ClosedRange<UInt16> {
            #expect(bench.controller.isBusy(.primary))
            #expect(bench.read(.status) == 0x80)
            #expect(bench.read(.sectorCount) == 0x80)
            #expect(bench.controller.readControl(.primary) == 0x80)
            #expect(bench.read(.data, .word) == 0x80)
            bench.write(.status, 0xEC)
            #expect(!bench.interrupt)
            let early = bench.controller.takeInterruptEdge(.primary)

            bench.controller.finishWork(.primary)

            let edge = bench.controller.takeInterruptEdge(.primary)
            #expect([early, edge] == [false, true])
            #expect(!bench.controller.isBusy(.primary))
            #expect(bench.interrupt)
            #expect(bench.read(.status) == 0x58)
            #expect(bench.readWords(256) == [UInt16](repeating: block << 8 | block, count: 256))
        }
        #expect(!bench.controller.isBusy(.primary))
        #expect(bench.read(.status) == 0x50)
    }

    @Test func aBusyDriveWithoutInterruptsRaisesNone() {
        var bench = Bench(takesTime: true)
        bench.controller.writeControl(.primary, 0x02)
        bench.command(0xEC)
        #expect(bench.controller.readControl(.primary) == 0x80)
        bench.controller.finishWork(.primary)
        let edge = bench.controller.takeInterruptEdge(.primary)
        #expect(!edge)
        #expect(bench.busMasterStatus & 4 == 0)
        #expect(bench.controller.readControl(.primary) == 0x58)
    }

    @Test func aDriveIsBusyBeforeItTakesDataAndAfter() {
        var bench = Bench(takesTime: true)
        bench.command(0x30, sector: 7)
        #expect(bench.read(.status) == 0x80)
        bench.controller.finishWork(.primary)
        #expect(!bench.interrupt)
        #expect(bench.read(.status) == 0x58)
        bench.writeSector(0xAA)
        #expect(bench.read(.status) == 0x80)
        bench.controller.finishWork(.primary)
        #expect(bench.interrupt)
        #expect(bench.read(.status) == 0x50)
        #expect(bench.disks[0]?.sector(7).allSatisfy { $0 == 0xAA } == true)
    }

    @Test func aResetEndsWhatADriveIsBusyWith() {
        var bench = Bench(takesTime: true)
        bench.command(0x20)
        bench.controller.writeControl(.primary, 0x04)
        bench.controller.writeControl(.primary, 0x00)
        bench.controller.finishWork(.primary)
        let edge = bench.controller.takeInterruptEdge(.primary)
        #expect(!edge)
        #expect(bench.read(.status) == 0x50)
    }
}
