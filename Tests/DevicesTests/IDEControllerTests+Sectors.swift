import Platform
import Testing
import X86

@testable import Devices

/// Reading and writing sectors, and how they are addressed.
extension IDEControllerTests {
    @Test func sectorsAreReadOneByOne() {
        var bench = Bench()
        bench.command(0x20, sector: 5, count: 2)
        #expect(bench.interrupt)
        #expect(bench.read(.status) == 0x58)
        #expect(bench.readWords(256) == [UInt16](repeating: 0x0505, count: 256))
        #expect(bench.interrupt)
        #expect(bench.read(.status) == 0x58)
        #expect(bench.readWords(256) == [UInt16](repeating: 0x0606, count: 256))
        #expect(!bench.interrupt)
        #expect(bench.read(.status) == 0x50)
        #expect(bench.read(.sectorCount) == 0)
        #expect(bench.read(.low) == 6)
    }

    @Test func blocksOfSectorsAreReadAtOneInterrupt() {
        var bench = Bench()
        bench.command(0xC4)
        #expect(bench.read(.error) == 0x04)
        bench.command(0xC6, count: 4)
        bench.command(0xC4, sector: 0, count: 6)
        _ = bench.read(.status)
        _ = bench.readWords(4 * 256 - 1)
        #expect(!bench.interrupt)
        _ = bench.readWords(1)
        #expect(bench.interrupt)
        #expect(bench.readWords(2 * 256).last == 0x0505)
        #expect(bench.read(.status) == 0x50)
    }

    @Test(arguments: [3, 32] as [UInt32])
    func aBlockSizeThatIsNoneIsRefused(size: UInt32) {
        var bench = Bench()
        bench.command(0xC6, count: size)
        #expect(bench.read(.status) == 0x51)
        #expect(bench.read(.error) == 0x04)
    }

    @Test func sectorsAreWritten() {
        var bench = Bench()
        bench.command(0x30, sector: 7, count: 2)
        #expect(!bench.interrupt)
        #expect(bench.read(.status) == 0x58)
        bench.writeSector(0xAA)
        #expect(bench.interrupt)
        #expect(bench.read(.status) == 0x58)
        bench.writeSector(0xBB)
        #expect(bench.interrupt)
        #expect(bench.read(.status) == 0x50)
        #expect(bench.disks[0]?.sector(7).allSatisfy { $0 == 0xAA } == true)
        #expect(bench.disks[0]?.sector(8).allSatisfy { $0 == 0xBB } == true)
        bench.command(0xE7)
        #expect(bench.disks[0]?.flushCount == 1)
    }

    @Test func addressesOf48BitsComeInTwoParts() {
        var bench = Bench()
        bench.disks[0] = TestDisk(sectorCount: 70_000)
        bench.controller = IDEController(drives: [.init(sectorCount: 70_000, serialNumber: "")])
        for (register, bytes) in [
            (.sectorCount, (0, 1)), (.low, (0, 0x11)), (.middle, (0, 0x11)), (.high, (0, 0x01)),
        ] as [(IDEController.Register, (UInt32, UInt32))] {
            bench.write(register, bytes.0)
            bench.write(register, bytes.1)
        }
        bench.write(.device, 0x40)
        bench.write(.status, 0x24)
        #expect(bench.readWords(256).first == 0x1111)
        #expect(bench.read(.status) == 0x50)
    }

    @Test func zeroSectorsAre256() {
        var bench = Bench()
        bench.command(0x20, sector: 0, count: 0)
        #expect(bench.readWords(256 * 256).last == 0xFFFF)
        #expect(bench.read(.status) == 0x50)
    }

    @Test func cylindersHeadsAndSectorsAreAnAddressToo() {
        var bench = Bench()
        for (register, value) in [
            (.sectorCount, 1), (.low, 2), (.middle, 1), (.high, 0), (.device, 0xA3), (.status, 0x20),
        ]
            as [(IDEController.Register, UInt32)]
        {
            bench.write(register, value)
        }
        let sector = (1 * 16 + 3) * 63 + 1
        #expect(bench.readWords(256).first == UInt16(sector & 0xFF) * 0x0101)
        bench.write(.low, 0)
        bench.write(.status, 0x20)
        #expect(bench.read(.error) == 0x10)
    }
}
