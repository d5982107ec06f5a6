import Devices
import Testing
import X86

@testable import Machine

/// No register of a board gives more than it is asked for: a trace that held more could not be read.
@Suite struct EveryRegisterTests {
    @Test(arguments: [AccessSize.byte, .word, .doubleword])
    func everyPort(size: AccessSize) {
        var bench = PCBoardTests.Bench()
        let wide = (0...UInt16.max).filter { UInt64(bench.read($0, size)) > size.mask }
        #expect(wide.isEmpty)
    }

    @Test(arguments: 1...8 as ClosedRange<UInt8>)
    func everyRegisterInMemory(length: UInt8) {
        var bench = PCBoardTests.Bench()
        bench.board.windows = bench.board.pci.windows
        var places = Array(0xFEC0_0000...0xFEC0_0040 as ClosedRange<UInt64>) + Array(0xFEE0_0000...0xFEE0_1000)
        places += Array(0xA_0000...0xA_0010) + bench.board.windows.flatMap { $0.start...$0.start + 0x1000 }
        let wide = places.filter {
            let value = bench.board.readMemory(GuestPhysicalAddress($0), length, now: .start)
            return value > UInt64.max >> (64 - 8 * UInt64(length))
        }
        #expect(wide.isEmpty)
    }

    @Test func everyAccessOfAUnikernel() throws {
        var board = try HVTBench().board
        for size in [AccessSize.byte, .word, .doubleword] {
            let wide = (0...0x600 as ClosedRange<UInt16>).filter {
                UInt64(board.readPort(Port($0), size, now: .start)) > size.mask
            }
            #expect(wide.isEmpty)
        }
        for length in 1...8 as ClosedRange<UInt8> {
            let value = board.readMemory(GuestPhysicalAddress(1 << 30), length, now: .start)
            #expect(value == UInt64.max >> (64 - 8 * UInt64(length)))
        }
    }
}
