import TestBasics
import Testing
import X86

@testable import Devices

/// The disk's requests.
extension VirtioTests {
    @Test func sectorsAreRead() {
        var bench = Bench()
        bench.request(0, sector: 3, dataCount: 1024)
        #expect(bench.driver.blockStatus == 0)
        #expect(bench.driver.usedCount() == 1)
        #expect(bench.driver.used(0) == [0, 1025])
        #expect(bench.driver.memory.bytes[0x9000..<0x9200].allSatisfy { $0 == 3 })
        #expect(bench.driver.memory.bytes[0x9200..<0x9400].allSatisfy { $0 == 4 })
        #expect(bench.block.transport.interruptLine)
        #expect(bench.interruptStatus() == 1)
        #expect(!bench.block.transport.interruptLine)
    }

    @Test func sectorsAreWritten() {
        var bench = Bench()
        for index in 0x9000..<0x9200 { bench.driver.memory.bytes[index] = 0x5A }
        bench.request(1, sector: 7, isWritable: false)
        #expect(bench.driver.blockStatus == 0)
        #expect(bench.driver.used(0) == [0, 1])
        #expect(bench.disk.sector(7).allSatisfy { $0 == 0x5A })
        bench.request(4)
        #expect(bench.disk.flushCount == 1)
    }

    @Test func theSerialNumberIsGiven() {
        var bench = Bench()
        bench.request(8, dataCount: 20)
        #expect(bench.driver.blockStatus == 0)
        #expect(bench.driver.memory.bytes[0x9000..<0x9007] == ArraySlice(Array("serial\0".utf8)))
    }

    @Test func requestsBeyondTheLimitStayInTheQueue() {
        var bench = Bench()
        for _ in 0..<3 { bench.driver.request(0, sector: 0, dataCount: 512, isWritable: true) }
        let counts = [0, 2, 2].map { limit in
            let hasMore = bench.block.service(disk: &bench.disk, memory: &bench.driver.memory, limit: limit)
            return "\(bench.driver.usedCount()) \(hasMore)"
        }
        #expect(counts == ["0 true", "2 true", "3 false"])
    }

    @Test func framingIsTheDriversAffair() {
        var bench = Bench()
        bench.driver.memory.put(UInt64(5), at: 0x8008)
        bench.driver.describe(0, address: 0x8000, count: 7, next: 1)
        bench.driver.describe(1, address: 0x8007, count: 9, next: 2)
        bench.driver.describe(2, address: 0x9000, count: 500, isWritable: true, next: 3)
        bench.driver.describe(3, address: 0xA000, count: 13, isWritable: true)
        bench.driver.offer(0)
        bench.service()
        #expect(bench.driver.used(0) == [0, 513])
        #expect(bench.driver.memory.bytes[0x9000..<0x91F4].allSatisfy { $0 == 5 })
        #expect(bench.driver.memory.bytes[0xA000..<0xA00D] == [5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 0])
    }

    @Test(
        arguments: [
            (0, 1024, 512, true, 1), (0, 1023, 1024, true, 1), (0, .max, 512, true, 1), (0, 0, 511, true, 1),
            (1, 1024, 512, false, 1), (99, 0, 512, true, 2),
        ] as [(UInt32, UInt64, UInt32, Bool, UInt8)]
    )
    func aRequestThatCannotBeDoneFails(type: UInt32, sector: UInt64, count: UInt32, isWritable: Bool, status: UInt8) {
        var bench = Bench()
        bench.request(type, sector: sector, dataCount: count, isWritable: isWritable)
        #expect(bench.driver.blockStatus == status)
        #expect(bench.driver.usedCount() == 1)
        #expect(!bench.needsReset)
    }

    @Test func aFailingOrWriteProtectedDiskFails() {
        var bench = Bench(isReadOnly: true)
        #expect(bench.driver.readFeatures(&bench.block.transport) & 1 << 5 != 0)
        bench.disk.isReadOnly = true
        bench.request(1, isWritable: false)
        #expect(bench.driver.blockStatus == 1)
        bench.disk.failure = .failed(errno: 5)
        bench.request(0)
        #expect(bench.driver.blockStatus == 1)
        bench.request(4)
        #expect(bench.driver.blockStatus == 1)
    }
}
