import Devices
import Engine
import GuestMemory
import Platform
import Testing
import X86

@testable import Machine

@Suite struct PCBoardTests {
    /// A board, and a hand on its clock.
    struct Bench: ~Copyable {
        var board: PCBoard
        var now = MachineTime.start

        init(memorySize: UInt64 = 128 << 20, prepare: (inout BoardSetup) -> Void = { _ in }) {
            let date = WallClock(secondsSince1970: 1_000_000_000)
            let memory = try! GuestMemory(regions: [.init(address: GuestPhysicalAddress(0), size: 4 << 20)])
            var setup = BoardSetup(memorySize: memorySize, date: date)
            prepare(&setup)
            board = PCBoard(setup, memory: memory)
        }

        @discardableResult
        mutating func write(_ port: UInt16, _ size: AccessSize = .byte, _ value: UInt32) -> BoardSignal? {
            board.writePort(Port(port), size, value, now: now)
        }

        mutating func read(_ port: UInt16, _ size: AccessSize = .byte) -> UInt32 {
            board.readPort(Port(port), size, now: now)
        }

        mutating func wait(nanoseconds: UInt64) {
            now = now.advanced(byNanoseconds: nanoseconds)
            board.advance(to: now)
        }

        /// Both interrupt controllers at vectors 0x20 and 0x28, all lines open.
        mutating func openInterrupts() {
            for (command, data, vector, cascade) in [(0x20, 0x21, 0x20, 4), (0xA0, 0xA1, 0x28, 2)] {
                write(UInt16(command), .byte, 0x11)  // ICW1: edges, cascade, ICW4 follows
                write(UInt16(data), .byte, UInt32(vector))  // ICW2
                write(UInt16(data), .byte, UInt32(cascade))  // ICW3
                write(UInt16(data), .byte, 0x01)  // ICW4: 8086
                write(UInt16(data), .byte, 0)  // OCW1: nothing masked
            }
        }

        mutating func cmos(_ index: UInt8) -> UInt64 {
            write(0x70, .byte, UInt32(index))
            return UInt64(read(0x71))
        }
    }

    static let unclaimed: [UInt16] = [0x0005, 0x00F0, 0x0100, 0x0505, 0x7FFF, 0xFFF0]

    // MARK: Address line 20

    static let masking: [[(port: UInt16, value: UInt32)]] = [
        [(0x92, 0x00)], [(0x64, 0xD1), (0x60, 0xDD)], [(0x64, 0xDD)],
    ]

    @Test(arguments: masking) func addressLine20IsMasked(writes: [(port: UInt16, value: UInt32)]) {
        var bench = Bench()
        for write in writes { bench.write(write.port, .byte, write.value) }
        let masked = bench.board.takeDeviceAccesses()
        #expect(masked.count == 1)
        // The local APIC's version, a megabyte above.
        #expect(bench.board.readMemory(GuestPhysicalAddress(0xFEF0_0030), 4, now: bench.now) == 0x0005_0014)
        // The last one to be told decides.
        bench.write(0x92, .byte, 0x02)
        #expect(bench.board.takeDeviceAccesses().count == 1)
        #expect(bench.board.readMemory(GuestPhysicalAddress(0xFEF0_0030), 4, now: bench.now) == 0xFFFF_FFFF)
        bench.write(0x92, .byte, 0x02)
        #expect(bench.board.takeDeviceAccesses().isEmpty)
    }

    // MARK: Ports

    @Test(arguments: unclaimed, [AccessSize.byte, .word, .doubleword])
    func whatNobodyClaimsFloatsToOnes(port: UInt16, size: AccessSize) {
        var bench = Bench()
        #expect(bench.read(port, size) == UInt32(truncatingIfNeeded: size.mask))
        #expect(bench.write(port, size, 0x1234_5678) == nil)
    }

    @Test func theLastPortsWrapWithoutHarm() {
        var bench = Bench()
        #expect(bench.read(0xFFFF, .doubleword) & 0xFF == 0xFF)
        #expect(bench.write(0xFFFF, .word, 0x1234) == nil)
    }

    @Test func aWordSpansTwoBytePorts() {
        var bench = Bench()
        bench.write(0x3FF, .byte, 0x5A)  // scratch register of the serial port
        #expect(bench.read(0x3FE, .word) == 0x5A00 | bench.read(0x3FE))
        bench.write(0x70, .word, 0x9920)  // CMOS: index 0x20 in the low byte, data in the high one
        #expect(bench.cmos(0x20) == 0x99)
    }

    @Test func aWordHalfOfWhichNobodyClaimsFloatsThere() {
        var bench = Bench()
        bench.write(0x3FF, .byte, 0x5A)
        #expect(bench.read(0x3FF, .word) == 0xFF5A)
    }

    @Test(arguments: [UInt16(0x402), 0xE9, 0x3F8])
    func consolePortsShowTheirByte(port: UInt16) {
        var bench = Bench()
        #expect(bench.write(port, .byte, 0x41) == .console(0x41))
    }

    @Test func theDebugPortsAnswerAsFirmwareExpects() {
        var bench = Bench()
        #expect(bench.read(0xE9) == 0xE9)
        #expect(bench.read(0x402) == 0xE9)
    }

    @Test(arguments: [(AccessSize.byte, UInt32(0x12)), (.word, 0x1234), (.doubleword, 0x1234_5678)])
    func theExitPortGivesTheCode(size: AccessSize, code: UInt32) {
        var bench = Bench()
        #expect(bench.write(0xF4, size, code) == .exit(code: code))
        #expect(bench.read(0xF4, size) == 0)
    }

    @Test func theFastResetPortResets() {
        var bench = Bench()
        #expect(bench.write(0x92, .byte, 0x02) == nil)
        #expect(bench.write(0x92, .byte, 0x03) == .reset)
    }

    @Test(arguments: [UInt32(0x06), 0x0E])
    func theResetControlResetsOnItsRisingBit(value: UInt32) {
        var bench = Bench()
        #expect(bench.write(0xCF9, .byte, 0x02) == nil)
        #expect(bench.write(0xCF9, .byte, value) == .reset)
        #expect(bench.write(0xCF9, .byte, value) == nil)
    }

    // MARK: PCI

    static func select(_ bench: inout Bench, device: UInt32, register: UInt32) {
        bench.write(0xCF8, .doubleword, 0x8000_0000 | device << 11 | register)
    }

    @Test func theBridgesAreFoundAtEachWidth() {
        var bench = Bench()
        Self.select(&bench, device: 0, register: 0)
        #expect(bench.read(0xCF8, .doubleword) == 0x8000_0000)
        #expect(bench.read(0xCFC, .doubleword) == 0x1237_8086)
        #expect(bench.read(0xCFC, .word) == 0x8086)
        #expect(bench.read(0xCFE, .word) == 0x1237)
        #expect([0xCFC, 0xCFD, 0xCFE, 0xCFF].map { bench.read($0) } == [0x86, 0x80, 0x37, 0x12])
        Self.select(&bench, device: 1, register: 0)
        #expect(bench.read(0xCFC, .doubleword) == 0x7000_8086)
    }

    @Test(arguments: [AccessSize.byte, .word, .doubleword])
    func anEmptySlotFloats(size: AccessSize) {
        var bench = Bench()
        Self.select(&bench, device: 17, register: 0)
        #expect(bench.read(0xCFC, size) == UInt32(truncatingIfNeeded: size.mask))
    }

    @Test func withoutTheEnableBitNothingAnswers() {
        var bench = Bench()
        bench.write(0xCF8, .doubleword, 0)
        #expect(bench.read(0xCFC, .doubleword) == 0xFFFF_FFFF)
    }

    @Test func aByteWrittenToTheAddressPortIsNoAddress() {
        var bench = Bench()
        Self.select(&bench, device: 1, register: 0)
        bench.write(0xCF8, .byte, 0)
        #expect(bench.read(0xCFC, .doubleword) == 0x7000_8086)
    }

    @Test func aRouteIsWrittenByte() {
        var bench = Bench()
        Self.select(&bench, device: 1, register: 0x60)
        bench.write(0xCFD, .byte, 0x0B)
        #expect(bench.read(0xCFC, .doubleword) == 0x8080_0B80)
    }

    // MARK: Memory and model-specific registers

    @Test(arguments: [(UInt8(1), UInt64(0xFF)), (2, 0xFFFF), (4, 0xFFFF_FFFF), (8, .max)])
    func memoryThatIsNotThereFloats(length: UInt8, value: UInt64) {
        var board = Bench().board
        #expect(board.readMemory(GuestPhysicalAddress(0xE000_0000), length, now: .start) == value)
    }

    @Test func theTaskPriorityFollowsTheProcessors() {
        var board = Bench().board
        let register = GuestPhysicalAddress(0xFEE0_0080)
        _ = board.writeMemory(register, 4, 0x37, now: .start)
        board.followTaskPriority(3)
        #expect(board.readMemory(register, 4, now: .start) == 0x37)
        board.followTaskPriority(5)
        #expect(board.readMemory(register, 4, now: .start) == 0x50)
    }

    @Test func aPriorityThatIsLoweredLetsAnInterruptThrough() {
        var board = Bench().board
        board.followTaskPriority(4)
        // The local APIC sends itself vector 0x41.
        _ = board.writeMemory(GuestPhysicalAddress(0xFEE0_0300), 4, 0x4_4041, now: .start)
        #expect(board.interruptRequested == false)
        board.followTaskPriority(3)
        #expect(board.interruptRequested == true)
        #expect(board.acknowledgeInterrupt() == 0x41)
    }

    @Test func theTimeCounterIsTheMachinesTime() {
        let board = Bench().board
        #expect(board.readMSR(0x10, now: MachineTime(nanoseconds: 1234)) == 1234)
        #expect(board.readMSR(0x11, now: .start) == nil)
    }
}
