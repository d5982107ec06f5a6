import Platform
import Testing
import X86

@testable import Devices

@Suite struct IDEControllerTests {
    /// A controller with one disk of 4096 sectors, first on the primary channel, and memory.
    struct Bench {
        var controller: IDEController
        var disks: [TestDisk?] = [TestDisk(sectorCount: 4096), nil, nil, nil]
        var memory = TestMemory()
        var channel = IDEController.Channel.primary

        init(takesTime: Bool = false) {
            controller = IDEController(
                drives: [.init(sectorCount: 4096, serialNumber: "SN1", model: "Model")],
                takesTime: takesTime
            )
        }

        mutating func read(_ register: IDEController.Register, _ size: AccessSize = .byte) -> UInt32 {
            controller.read(channel, register, size, disks: &disks)
        }

        mutating func write(_ register: IDEController.Register, _ value: UInt32, _ size: AccessSize = .byte) {
            controller.write(channel, register, size, value, disks: &disks, memory: &memory)
        }

        mutating func busMaster(_ offset: UInt16, _ size: AccessSize, _ value: UInt32) {
            controller.writeBusMaster(at: offset, size, value, disks: &disks, memory: &memory)
        }

        /// Gives a command with a 28-bit address.
        mutating func command(_ code: UInt32, sector: UInt32 = 0, count: UInt32 = 1) {
            write(.sectorCount, count & 0xFF)
            write(.low, sector & 0xFF)
            write(.middle, sector >> 8 & 0xFF)
            write(.high, sector >> 16 & 0xFF)
            write(.device, 0x40 | sector >> 24)
            write(.status, code)
        }

        mutating func readWords(_ count: Int) -> [UInt16] {
            (0..<count).map { _ in UInt16(truncatingIfNeeded: read(.data, .word)) }
        }

        mutating func writeSector(_ byte: UInt8) {
            for _ in 0..<128 { write(.data, UInt32(byte) &* 0x0101_0101, .doubleword) }
        }

        var interrupt: Bool { controller.interruptLine(channel) }

        /// Lets the bus master run a table of regions, in memory at 0x1000.
        mutating func transfer(_ regions: [(address: UInt32, count: UInt32)], writesMemory: Bool) {
            for (index, region) in regions.enumerated() {
                let end: UInt32 = index == regions.count - 1 ? 1 << 31 : 0
                memory.put(region.address, at: 0x1000 + 8 * index)
                memory.put(region.count & 0xFFFF | end, at: 0x1004 + 8 * index)
            }
            busMaster(4, .doubleword, 0x1000)
            busMaster(0, .byte, writesMemory ? 0x09 : 0x01)
        }

        var busMasterStatus: UInt32 { controller.readBusMaster(at: 2, .byte) }
    }

    @Test func aResetShowsTheSignatureOfADisk() {
        var bench = Bench()
        bench.command(0xEC)
        bench.controller.writeControl(.primary, 0x04)
        #expect(bench.read(.status) == 0x80)
        bench.controller.writeControl(.primary, 0x00)
        let registers = [.error, .sectorCount, .low, .middle, .high, .device, .status].map { bench.read($0) }
        #expect(registers == [0x01, 0x01, 0x01, 0x00, 0x00, 0xA0, 0x50])
        #expect(!bench.interrupt)
    }

    @Test(arguments: [(1, 2), (100, 2), (1007, 2), (3024, 3), (1 << 40, 16_383)] as [(UInt64, UInt16)])
    func everyDiskHasAGeometry(sectorCount: UInt64, cylinders: UInt16) {
        var bench = Bench()
        bench.controller = IDEController(drives: [.init(sectorCount: sectorCount, serialNumber: "", model: "")])
        bench.command(0xEC)
        let words = bench.readWords(256)
        #expect([words[1], words[3], words[6]] == [cylinders, 16, 63])
        #expect(Array(words[54...56]) == [cylinders, 16, 63])
    }

    @Test func aCommandShowsTheLastSectorOf28Bits() {
        var bench = Bench()
        bench.controller = IDEController(drives: [.init(sectorCount: 1 << 40, serialNumber: "", model: "")])
        bench.disks[0] = TestDisk(sectorCount: 4096)
        bench.command(0x40, sector: 0x0123_4567)
        bench.command(0xF8)
        #expect([.low, .middle, .high, .device].map { bench.read($0) } == [0xFF, 0xFF, 0xFF, 0xEF])
    }

    @Test func aCommandShowsTheLastSectorByItsCylinder() {
        var bench = Bench()
        // Cylinder 3, head 15, sector 62, and two more.
        bench.write(.sectorCount, 3)
        bench.write(.low, 62)
        bench.write(.middle, 3)
        bench.write(.high, 0)
        bench.write(.device, 0x0F)
        bench.write(.status, 0x20)
        for _ in 0..<3 { _ = bench.readWords(256) }
        #expect([.sectorCount, .low, .middle, .high, .device].map { bench.read($0) } == [0, 1, 4, 0, 0xA0])
    }

    @Test func registersKeepWhatIsWritten() {
        var bench = Bench()
        bench.write(.sectorCount, 0x12)
        bench.write(.sectorCount, 0x55)
        bench.write(.low, 0xAA)
        #expect(bench.read(.sectorCount) == 0x55)
        #expect(bench.read(.low) == 0xAA)
        bench.controller.writeControl(.primary, 0x80)
        #expect(bench.read(.sectorCount) == 0x12)
        bench.write(.middle, 0)
        #expect(bench.read(.sectorCount) == 0x55)
    }

    @Test func aMissingSecondDriveIsSilentAndAnEmptyCableFloats() {
        var bench = Bench()
        bench.write(.device, 0x10)
        bench.write(.sectorCount, 0x55)
        #expect(bench.read(.sectorCount) == 0)
        #expect(bench.read(.status) == 0)
        #expect(bench.controller.readControl(.primary) == 0)
        bench.write(.status, 0xEC)
        #expect(!bench.interrupt)
        bench.channel = .secondary
        #expect(bench.read(.status) == 0xFF)
        #expect(bench.read(.data, .word) == 0xFFFF)
        bench.write(.status, 0xEC)
        #expect(!bench.interrupt)
    }

    @Test func identifyDescribesTheDisk() {
        var bench = Bench()
        bench.command(0xEC)
        #expect(bench.interrupt)
        #expect(bench.read(.status) == 0x58)
        #expect(!bench.interrupt)
        let words = bench.readWords(256)
        #expect(words[0] == 0x0040)
        #expect([words[1], words[3], words[6]] == [4, 16, 63])
        #expect(words[10] == 0x534E)
        #expect(words[11] == 0x3120)
        #expect(words[27] == 0x4D6F)
        #expect(words[60] == 4096)
        #expect(words[83] & 0x0400 != 0)
        #expect(words[100..<104] == [4096, 0, 0, 0])
        #expect(bench.read(.status) == 0x50)
    }

    @Test(
        arguments: [
            (0x20, 4096, 1, 0x10), (0x20, 4095, 2, 0x10), (0x30, 4096, 1, 0x10), (0xC8, 4096, 1, 0x10),
            (0x40, 4096, 1, 0x10),
            (0xFF, 0, 1, 0x04), (0xA1, 0, 1, 0x04), (0x00, 0, 1, 0x04),
        ] as [(UInt32, UInt32, UInt32, UInt32)]
    )
    func whatCannotBeDoneIsAnError(code: UInt32, sector: UInt32, count: UInt32, error: UInt32) {
        var bench = Bench()
        bench.command(code, sector: sector, count: count)
        #expect(bench.interrupt)
        #expect(bench.read(.status) == 0x51)
        #expect(bench.read(.error) == error)
    }

    @Test func aFailingDiskIsAnErrorAtItsSector() {
        var bench = Bench()
        bench.disks[0]?.failure = .failed(errno: 5)
        bench.command(0x20, sector: 9)
        #expect(bench.read(.status) == 0x51)
        #expect(bench.read(.error) == 0x40)
        #expect(bench.read(.low) == 9)
        bench.command(0xE7)
        #expect(bench.read(.error) == 0x40)
    }

    @Test func aWriteProtectedDiskRefuses() {
        var bench = Bench()
        bench.disks[0]?.isReadOnly = true
        bench.command(0x30, sector: 1)
        bench.writeSector(1)
        #expect(bench.read(.status) == 0x51)
        #expect(bench.read(.error) == 0x44)
    }

    @Test func aDiskThatIsGoneIsAnError() {
        var bench = Bench()
        bench.disks = []
        bench.command(0x20, sector: 1)
        #expect(bench.read(.status) == 0x51)
    }

    @Test func interruptsCanBeDisabled() {
        var bench = Bench()
        bench.controller.writeControl(.primary, 0x02)
        bench.command(0xEC)
        #expect(!bench.interrupt)
        #expect(bench.controller.readControl(.primary) == 0x58)
        bench.controller.writeControl(.primary, 0x00)
        #expect(bench.interrupt)
        #expect(bench.controller.readControl(.primary) == 0x58)
        #expect(bench.interrupt)
    }

    @Test func theLineRisesForEveryBlock() {
        var bench = Bench()
        bench.command(0x20, sector: 0, count: 2)
        let first = bench.controller.takeInterruptEdge(.primary)
        _ = bench.readWords(256)
        let second = bench.controller.takeInterruptEdge(.primary)
        let third = bench.controller.takeInterruptEdge(.primary)
        #expect([first, second, third] == [true, true, false])
    }

    @Test(arguments: [0x10, 0x70, 0x91, 0xE0, 0xE1, 0xE2, 0xE3, 0xE6, 0x40, 0x90, 0xF8] as [UInt32])
    func simpleCommandsEndAtOnce(code: UInt32) {
        var bench = Bench()
        bench.command(code)
        #expect(bench.interrupt)
        #expect(bench.read(.status) == 0x50)
    }

    @Test func someCommandsAnswerInTheirRegisters() {
        var bench = Bench()
        bench.command(0xE5)
        #expect(bench.read(.sectorCount) == 0xFF)
        bench.command(0xF8)
        #expect([bench.read(.low), bench.read(.middle)] == [0xFF, 0x0F])
        bench.write(.error, 0x03)
        bench.command(0xEF, count: 0x45)
        bench.command(0xEC)
        #expect(bench.readWords(256)[88] == 0x203F)
        bench.write(.error, 0x99)
        bench.command(0xEF)
        #expect(bench.read(.error) == 0x04)
    }

    @Test func noAccessTrapsAndTheStateRoundTrips() {
        var bench = Bench()
        bench.disks[1] = TestDisk(sectorCount: 300)
        bench.controller = IDEController(
            drives: [.init(sectorCount: 256, serialNumber: ""), .init(sectorCount: 300, serialNumber: "\u{e9}")]
        )
        bench.memory = TestMemory(byteCount: 0x2_0000)
        let commands = ATADrive.Command.self
        let codes = (0...UInt8.max).filter { commands.init(rawValue: $0) != nil }.map(UInt32.init)
        hammer(
            &bench,
            seed: 0xA7A,
            count: 50_000,
            actions: [
                { $0.write($1.numbers.pick(IDEController.Register.allCases), UInt32($1.numbers.byte())) },
                { $0.write(.status, $1.numbers.pick(codes)) },
                { $0.command($1.numbers.pick(codes), sector: $1.numbers.doubleword() & 0xFF, count: 1) },
                { $0.write(.data, $1.numbers.doubleword(), $1.numbers.pick(AccessSize.allCases)) },
                { bench, _ in for _ in 0..<128 { _ = bench.read(.data, .doubleword) } },
                { bench, _ in bench.writeSector(1) },
                { _ = $0.read($1.numbers.pick(IDEController.Register.allCases), $1.numbers.pick(AccessSize.allCases)) },
                { $0.controller.writeControl($1.numbers.pick([.primary, .secondary]), $1.numbers.byte() & 0x82) },
                { $0.controller.writeControl($1.numbers.pick([.primary, .secondary]), $1.numbers.byte()) },
                { $0.busMaster($1.numbers.word() & 31, $1.numbers.pick(AccessSize.allCases), $1.numbers.doubleword()) },
                { $0.busMaster($1.numbers.word() & 8, .byte, $1.numbers.pick([0, 1, 9])) },
                { $0.busMaster(4, .doubleword, $1.numbers.doubleword() & 0x1FFFF) },
                { _ = $0.controller.readBusMaster(at: $1.numbers.word() & 31, $1.numbers.pick(AccessSize.allCases)) },
                { $0.memory.put($1.numbers.quadword(), at: Int($1.numbers.quadword() & 0x1FFF8)) },
                { $0.memory.put($1.numbers.quadword() & 0x8200_0001_FFFF, at: Int($1.numbers.quadword() & 0x1FFF8)) },
                { bench, run in bench.channel = run.numbers.byte() & 7 == 0 ? .secondary : .primary },
                { bench, _ in bench.controller = IDEController(state: bench.controller.state) },
            ]
        )
        var copy = bench
        copy.controller = IDEController(state: bench.controller.state)
        #expect(
            IDEController.Register.allCases.map { copy.read($0) }
                == IDEController.Register.allCases.map { bench.read($0) }
        )
        #expect(copy.controller.state == bench.controller.state)
    }
}
