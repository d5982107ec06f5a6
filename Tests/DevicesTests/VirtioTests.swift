import TestBasics
import Testing
import X86

@testable import Devices

@Suite struct VirtioTests {
    /// A disk of 1024 sectors that a driver has brought up.
    struct Bench {
        var driver = VirtioDriver()
        var block: VirtioBlock
        var disk = TestDisk(sectorCount: 1024)

        init(isReadOnly: Bool = false) {
            block = VirtioBlock(sectorCount: 1024, isReadOnly: isReadOnly, serialNumber: "serial")
            driver.start(&block.transport, queues: 1)
        }

        mutating func service() { block.service(disk: &disk, memory: &driver.memory) }

        mutating func request(_ type: UInt32, sector: UInt64 = 0, dataCount: UInt32 = 512, isWritable: Bool = true) {
            driver.request(type, sector: sector, dataCount: dataCount, isWritable: isWritable)
            service()
        }

        var needsReset: Bool { block.transport.status.contains(.needsReset) }

        mutating func interruptStatus() -> UInt64 { block.transport.read(at: 0x1000, .byte) }
    }

    @Test(
        arguments: [
            (VirtioBlock(sectorCount: 1, isReadOnly: false, serialNumber: "").transport, 0x1042_1AF4),
            (VirtioConsole().transport, 0x1043_1AF4), (VirtioEntropy().transport, 0x1044_1AF4),
        ] as [(VirtioTransport, UInt32)]
    )
    func devicesAreIdentified(transport: VirtioTransport, identity: UInt32) {
        #expect(transport.function.read(at: 0, .doubleword) == identity)
        #expect(transport.function.read(at: 8, .byte) == 1)
    }

    @Test func capabilitiesSayWhereTheStructuresAre() {
        let transport = VirtioBlock(sectorCount: 1, isReadOnly: false, serialNumber: "").transport
        var place = UInt8(transport.function.read(at: 0x34, .byte))
        var found: [[UInt32]] = []
        while place != 0 {
            found.append([
                transport.function.read(at: place, .byte), transport.function.read(at: place + 3, .byte),
                transport.function.read(at: place + 4, .byte), transport.function.read(at: place + 8, .doubleword),
                transport.function.read(at: place + 12, .doubleword),
            ])
            place = UInt8(transport.function.read(at: place + 1, .byte))
        }
        #expect(
            found == [
                [9, 1, 0, 0, 0x38], [9, 3, 0, 0x1000, 1], [9, 4, 0, 0x2000, 24], [9, 2, 0, 0x3000, 4], [9, 5, 0, 0, 0],
            ]
        )
        #expect(transport.function.read(at: 0x80, .doubleword) == 4)
    }

    @Test func theStructuresAreReachedFromConfigurationSpace() {
        var transport = VirtioBlock(sectorCount: 1024, isReadOnly: false, serialNumber: "").transport
        let access = { (transport: inout VirtioTransport, offset: UInt32, length: UInt32) in
            _ = transport.writeConfiguration(at: 0x8C, .doubleword, offset)
            _ = transport.writeConfiguration(at: 0x90, .doubleword, length)
        }
        access(&transport, 0x2000, 4)
        #expect(transport.readConfiguration(at: 0x94, .doubleword) == 1024)
        access(&transport, 0x14, 1)
        #expect(transport.writeConfiguration(at: 0x94, .byte, 3) == nil)
        #expect(transport.status == [.acknowledge, .driver])
        access(&transport, 0x3000, 2)
        #expect(transport.writeConfiguration(at: 0x94, .word, 0) == 0)
        access(&transport, 0x14, 3)
        _ = transport.writeConfiguration(at: 0x94, .byte, 0)
        access(&transport, 0x4000, 1)
        _ = transport.writeConfiguration(at: 0x94, .byte, 0)
        #expect(transport.status == [.acknowledge, .driver])
    }

    @Test func featuresAreNegotiated() {
        var bench = Bench()
        #expect(bench.driver.readFeatures(&bench.block.transport) == 1 << 32 | 1 << 9 | 1 << 6 | 1 << 4 | 1 << 2)
        #expect(bench.block.transport.status == [.acknowledge, .driver, .featuresOK, .driverOK])
        bench.driver.start(&bench.block.transport, queues: 1, features: 0)
        #expect(bench.block.transport.status == [.acknowledge, .driver])
        bench.driver.start(&bench.block.transport, queues: 1, features: 1 << 32 | 1 << 63)
        #expect(bench.block.transport.status == [.acknowledge, .driver])
        _ = bench.block.transport.write(at: 0x14, .byte, 0x40)
        #expect(!bench.needsReset)
    }

    @Test func theCommonConfigurationDescribesTheQueues() {
        var bench = Bench()
        let read = { (bench: inout Bench, place: UInt64, size: AccessSize) in
            bench.block.transport.read(at: place, size)
        }
        #expect(read(&bench, 0x12, .word) == 1)
        #expect(read(&bench, 0x10, .word) == 0xFFFF)
        #expect(read(&bench, 0x18, .word) == 8)
        #expect(read(&bench, 0x1C, .word) == 1)
        #expect(read(&bench, 0x20, .quadword) == 0x1000)
        #expect(read(&bench, 0x28, .doubleword) == 0x1800)
        #expect(read(&bench, 0x34, .doubleword) == 0)
        #expect(read(&bench, 0x15, .byte) == 0)
        _ = bench.block.transport.write(at: 0x16, .word, 1)
        #expect(read(&bench, 0x18, .word) == 0)
        #expect(read(&bench, 0x1E, .word) == 0)
    }

    @Test func anEnabledQueueNoLongerChanges() {
        var bench = Bench()
        _ = bench.block.transport.write(at: 0x20, .doubleword, 0x5000)
        _ = bench.block.transport.write(at: 0x18, .word, 4)
        #expect(bench.block.transport.read(at: 0x20, .doubleword) == 0x1000)
        #expect(bench.block.transport.read(at: 0x18, .word) == 8)
        _ = bench.block.transport.write(at: 0x14, .byte, 0)
        #expect(bench.block.transport.read(at: 0x18, .word) == 128)
        for size in [0, 3, 256] as [UInt64] { _ = bench.block.transport.write(at: 0x18, .word, size) }
        #expect(bench.block.transport.read(at: 0x18, .word) == 128)
    }

    @Test func theDiskDescribesItself() {
        var bench = Bench()
        #expect(bench.block.transport.read(at: 0x2000, .quadword) == 1024)
        #expect(bench.block.transport.read(at: 0x200C, .doubleword) == 126)
        #expect(bench.block.transport.read(at: 0x2014, .doubleword) == 512)
        #expect(bench.block.transport.read(at: 0x2FF8, .doubleword) == 0)
    }

    @Test func notificationsNameTheirQueue() {
        var bench = Bench()
        #expect(bench.block.transport.write(at: 0x3000, .word, 0) == 0)
        #expect(bench.block.transport.write(at: 0x3004, .word, 1) == nil)
        #expect(bench.block.transport.write(at: 0x2000, .word, 0) == nil)
    }

    @Test func aDriverCanDoWithoutInterrupts() {
        var bench = Bench()
        bench.driver.memory.put(UInt16(1), at: 0x1800)
        bench.request(0)
        #expect(bench.driver.usedCount() == 1)
        #expect(!bench.block.transport.interruptLine)
    }

    @Test func queuesWrap() {
        var bench = Bench()
        for sector in 0..<UInt64(20) { bench.request(0, sector: sector) }
        #expect(bench.driver.usedCount() == 20)
        #expect(bench.driver.memory.bytes[0x9000] == 19)
        #expect(!bench.needsReset)
    }

    /// What a driver gone wrong can put into the queue of a disk.
    static let faults: [(String, @Sendable (inout VirtioDriver) -> Void)] = [
        ("a chain that loops", { $0.describe(0, address: 0x8000, count: 16, next: 0) }),
        (
            "a loop of two",
            { driver in
                driver.describe(0, address: 0x8000, count: 16, next: 1)
                driver.describe(1, address: 0x8000, count: 16, next: 0)
            }
        ),
        ("a descriptor that is not there", { $0.describe(0, address: 0x8000, count: 16, next: 8) }),
        ("a header outside memory", { $0.describe(0, address: 0x10_0000, count: 16, next: 1) }),
        ("a header at the end of addresses", { $0.describe(0, address: .max, count: 16, next: 1) }),
        ("data outside memory", { $0.describe(1, address: 0xFFF00, count: 512, isWritable: true, next: 2) }),
        ("a status outside memory", { $0.describe(2, address: .max - 1, count: 1, isWritable: true) }),
        ("no status", { $0.describe(0, address: 0x8000, count: 16) }),
        ("an empty status", { $0.describe(0, address: 0x8000, count: 16, next: 3) }),
        ("no header", { $0.describe(0, address: 0x8000, count: 15, next: 2) }),
        (
            "reading after writing",
            { driver in
                driver.describe(1, address: 0x9000, count: 512, isWritable: true, next: 2)
                driver.describe(2, address: 0x8000, count: 1)
            }
        ),
        ("an indirect table", { $0.memory.put(UInt16(4), at: 0x1000 + 12) }),
        ("a buffer of gigabytes", { $0.describe(1, address: 0x9000, count: .max, isWritable: true, next: 2) }),
        ("more buffers than descriptors", { $0.memory.put(UInt16(9), at: 0x1802) }),
        ("a head that is not there", { $0.memory.put(UInt16(8), at: 0x1804) }),
    ]

    @Test(arguments: faults.indices)
    func nonsenseInTheQueueNeedsAReset(index: Int) {
        var bench = Bench()
        bench.driver.request(0, sector: 0, dataCount: 512, isWritable: true)
        Self.faults[index].1(&bench.driver)
        bench.service()
        #expect(bench.needsReset, "\(Self.faults[index].0)")
        #expect(bench.driver.memory.traffic < 0x2000)
        #expect(bench.interruptStatus() & 2 == 2)
        let used = bench.driver.usedCount()
        bench.request(0)
        #expect(bench.driver.usedCount() == used)
        bench.driver = VirtioDriver()
        bench.driver.start(&bench.block.transport, queues: 1)
        bench.request(0, sector: 2)
        #expect(bench.driver.used(0) == [0, 513])
    }

    @Test(arguments: [0x20, 0x28, 0x30] as [UInt64])
    func aRingOutsideMemoryNeedsAReset(register: UInt64) {
        var bench = Bench()
        bench.driver.start(&bench.block.transport, queues: 0)
        for (place, value) in [
            (0x18, 8), (0x20, 0x1000), (0x28, 0x1800), (0x30, 0x1C00), (register, .max - 3), (0x1C, 1),
        ]
            as [(UInt64, UInt64)]
        {
            _ = bench.block.transport.write(at: place, place < 0x20 ? .word : .quadword, value)
        }
        bench.request(0)
        #expect(bench.needsReset)
    }

    @Test func aDeviceThatIsNotSetUpTouchesNothing() {
        var bench = Bench()
        bench.block.transport.function.write(at: 0x04, .word, 0x0002)
        bench.request(0)
        #expect(bench.driver.usedCount() == 0)
        bench.block.transport.function.write(at: 0x04, .word, 0x0006)
        _ = bench.block.transport.write(at: 0x14, .byte, 0)
        bench.request(0)
        #expect(bench.driver.usedCount() == 0)
    }

    @Test func noAccessTrapsAndTheStateRoundTrips() {
        var bench = Bench()
        hammer(
            &bench,
            seed: 0x1AF4,
            count: 200_000,
            actions: [
                { bench, run in
                    let size = run.numbers.pick(AccessSize.allCases)
                    _ = bench.block.transport.write(at: run.numbers.quadword() & 0x3FFF, size, run.numbers.quadword())
                },
                { bench, run in
                    let value = run.numbers.quadword() >> (run.numbers.quadword() & 63)
                    _ = bench.block.transport.write(at: run.numbers.quadword() & 0x3F, .word, value)
                },
                {
                    _ = $0.block.transport.read(
                        at: $1.numbers.quadword() & 0x3FFF,
                        $1.numbers.pick(AccessSize.allCases)
                    )
                },
                { bench, run in
                    let place = 0x84 + run.numbers.byte() % 20
                    _ = bench.block.transport.writeConfiguration(
                        at: place,
                        .doubleword,
                        run.numbers.doubleword() & 0x3FFF
                    )
                    _ = bench.block.transport.readConfiguration(at: 0x94, .doubleword)
                },
                { bench, _ in bench.service() },
                { bench, _ in bench.driver.start(&bench.block.transport, queues: 1) },
                { bench, _ in bench.request(0) },
                {
                    $0.request(
                        $1.numbers.doubleword() & 15,
                        sector: $1.numbers.quadword() & 0x7FF,
                        dataCount: $1.numbers.doubleword() & 0xFFF
                    )
                },
                { $0.driver.memory.put($1.numbers.quadword(), at: 0x1000 + Int($1.numbers.quadword() & 0xFF8)) },
                { $0.driver.memory.put($1.numbers.quadword() & 7, at: 0x1000 + Int($1.numbers.quadword() & 0xFF8)) },
                { $0.driver.offer($1.numbers.word() & 7) },
                { bench, _ in bench.block = VirtioBlock(state: bench.block.state) },
            ]
        )
        var copy = bench
        copy.block = VirtioBlock(state: bench.block.state)
        copy.request(0)
        bench.request(0)
        #expect(copy.block.state == bench.block.state)
        #expect(VirtioConsole(state: VirtioConsole().state).state == VirtioConsole().state)
        #expect(VirtioEntropy(state: VirtioEntropy().state).state == VirtioEntropy().state)
    }
}
