import Platform
import Testing
import X86

@testable import Devices

/// Moving data to and from memory.
extension IDEControllerTests {
    @Test func theBusMasterGoesOnUntilABusyDriveIsDone() {
        var bench = Bench(takesTime: true)
        bench.command(0xC8, sector: 3)
        bench.transfer([(0x2000, 512)], writesMemory: true)
        #expect(bench.busMasterStatus == 0x21)
        // Clears what is not there yet.
        bench.busMaster(2, .byte, 0x24)
        bench.controller.finishWork(.primary)
        #expect(bench.busMasterStatus == 0x24)
        #expect(bench.memory.bytes[0x2000..<0x2200].allSatisfy { $0 == 3 })
        #expect(bench.read(.status) == 0x50)
    }

    @Test func theBusMasterWritesMemory() {
        var bench = Bench()
        bench.command(0xC8, sector: 3, count: 2)
        #expect(bench.read(.status) == 0x58)
        bench.transfer([(0x2000, 256), (0x3000, 768)], writesMemory: true)
        #expect(bench.memory.bytes[0x2000..<0x2100].allSatisfy { $0 == 3 })
        #expect(bench.memory.bytes[0x3000..<0x3100].allSatisfy { $0 == 3 })
        #expect(bench.memory.bytes[0x3100..<0x3300].allSatisfy { $0 == 4 })
        #expect(bench.interrupt)
        #expect(bench.busMasterStatus == 0x24)
        #expect(bench.read(.status) == 0x50)
        bench.busMaster(2, .byte, 0x24)
        #expect(bench.busMasterStatus == 0x20)
    }

    @Test func theBusMasterReadsMemory() {
        var bench = Bench()
        for index in 0x2000..<0x2200 { bench.memory.bytes[index] = 0x5A }
        bench.transfer([(0x2000, 512)], writesMemory: false)
        #expect(bench.busMasterStatus == 0x21)
        bench.command(0xCA, sector: 8)
        #expect(bench.disks[0]?.sector(8).allSatisfy { $0 == 0x5A } == true)
        #expect(bench.busMasterStatus == 0x24)
    }

    @Test func aTableThatIsTooShortLeavesTheDriveWaiting() {
        var bench = Bench()
        bench.command(0xC8, count: 2)
        bench.transfer([(0x2000, 512)], writesMemory: true)
        #expect(bench.busMasterStatus == 0x20)
        #expect(!bench.interrupt)
        #expect(bench.read(.status) == 0x58)
        let traffic = bench.memory.traffic
        bench.busMaster(2, .byte, 0x20)
        #expect(bench.memory.traffic == traffic)
    }

    @Test func aTableThatIsTooLongLeavesTheBusMasterActive() {
        var bench = Bench()
        bench.command(0xC8)
        bench.transfer([(0x2000, 512), (0x3000, 512)], writesMemory: true)
        #expect(bench.busMasterStatus == 0x25)
    }

    @Test(arguments: [(0x2_0000, 0x1000), (0xFF00, 0x1000), (0x2000, 0xFFFF_FFF8)] as [(UInt32, UInt32)])
    func memoryThatIsNotThereIsAnError(region: UInt32, table: UInt32) {
        var bench = Bench()
        bench.memory.put(region, at: 0x1000)
        bench.memory.put(UInt32(0x8000_0200), at: 0x1004)
        bench.busMaster(4, .doubleword, table)
        bench.busMaster(0, .byte, 0x09)
        bench.command(0xC8)
        #expect(bench.busMasterStatus == 0x26)
        #expect(bench.read(.status) == 0x51)
    }

    @Test func anEndlessTableIsLeftAtItsLimit() {
        var bench = Bench()
        bench.memory = TestMemory(byteCount: 0x10_0000)
        for entry in stride(from: 0, to: 0x8_0000, by: 8) {
            bench.memory.put(UInt32(0x9_0000), at: entry)
            bench.memory.put(UInt32(2), at: entry + 4)
        }
        bench.command(0xC8, count: 0)
        bench.busMaster(0, .byte, 0x09)
        #expect(bench.busMasterStatus == 0x20)
        #expect(bench.memory.traffic == 8192 * 10)
    }

    @Test func theOtherDirectionMovesNothing() {
        var bench = Bench()
        bench.command(0xC8)
        bench.transfer([(0x2000, 512)], writesMemory: false)
        #expect(bench.busMasterStatus == 0x21)
        #expect(bench.read(.status) == 0x58)
    }

    @Test func busMasterRegistersCanBeReadAtAnyWidth() {
        var bench = Bench()
        bench.busMaster(4, .doubleword, 0x1234_5678)
        #expect(bench.controller.readBusMaster(at: 4, .doubleword) == 0x1234_5678)
        #expect(bench.controller.readBusMaster(at: 6, .word) == 0x1234)
        #expect(bench.controller.readBusMaster(at: 0, .doubleword) == 0x0020_0000)
        #expect(bench.controller.readBusMaster(at: 16, .byte) == 0xFF)
        #expect(bench.controller.function.read(at: 0x08, .doubleword) == 0x0101_8000)
    }
}
