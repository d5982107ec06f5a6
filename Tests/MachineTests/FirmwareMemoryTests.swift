import Devices
import Testing
import X86

@testable import Machine

/// What SeaBIOS reads from CMOS to find its memory (`qemu_cfg_legacy` and `rtc_read` in its sources).
@Suite struct FirmwareMemoryTests {
    private static let sixteenMiB: UInt64 = 16 << 20
    private static let fourGiB: UInt64 = 1 << 32

    /// Memory below 4 GiB: in units of 64 KiB above 16 MiB if there is any, else of KiB above 1 MiB.
    private static func memoryBelow4GiB(_ bench: inout PCBoardTests.Bench) -> UInt64 {
        let above16 = (bench.cmos(0x34) | bench.cmos(0x35) << 8) << 16
        let above1 = (bench.cmos(0x30) | bench.cmos(0x31) << 8) << 10
        return above16 > 0 ? above16 + sixteenMiB : above1 + 1 << 20
    }

    private static func memoryAbove4GiB(_ bench: inout PCBoardTests.Bench) -> UInt64 {
        (bench.cmos(0x5B) | bench.cmos(0x5C) << 8 | bench.cmos(0x5D) << 16) << 16
    }

    /// MiB of memory, and what of it lies below and above 4 GiB.
    private static let sizes: [(UInt64, UInt64, UInt64)] = [
        (1, 1, 0), (8, 8, 0), (16, 16, 0), (128, 128, 0), (3072, 3072, 0), (4096, 3072, 1024), (65536, 3072, 62464),
    ]

    @Test(arguments: sizes)
    func firmwareFindsAllMemory(size: UInt64, low: UInt64, high: UInt64) {
        var bench = PCBoardTests.Bench(memorySize: size << 20)
        #expect(Self.memoryBelow4GiB(&bench) == low << 20)
        #expect(Self.memoryAbove4GiB(&bench) == high << 20)
    }

    @Test func the640KiBBelowAreThere() {
        var bench = PCBoardTests.Bench()
        #expect(bench.cmos(0x15) | bench.cmos(0x16) << 8 == 640)
    }
}
