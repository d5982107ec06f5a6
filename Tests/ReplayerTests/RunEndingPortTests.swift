import Platform
import RecordedMachine
import Testing
import TraceFormat
import X86

/// A replay asks what a write means for the run only where the write may mean something.
@Suite struct RunEndingPortTests {
    @Test(arguments: [.byte, .word, .doubleword] as [AccessSize])
    func writesElsewhereMeanNothing(size: AccessSize) {
        // Every bit that a device looks at, each in every byte.
        let values = [0, 0x01, 0x04, 0x06, 0x34, 0x3C, 0xFE, 0xF0, 0xFF].map { UInt32($0) &* 0x0101_0101 }
        var reached = 0
        for number in UInt16.min...UInt16.max {
            let port = Port(number)
            guard !RunEndingPort.isReached(from: port, width: UInt16(size.byteCount)) else {
                reached += 1
                continue
            }
            for value in values {
                let write = PortAccess(port: port, size: size, value: value & UInt32(size.mask))
                let meaning = RecordedEnd.meaning(
                    ofPC: write,
                    keyboardCommand: KeyboardCommand.writeOutputPort.rawValue
                )
                if meaning != .nothing { Issue.record("\(write): \(meaning)") }
            }
        }
        #expect(reached < 6000, "most ports end nothing")
    }

    @Test func everyPortThatMeansSomethingIsOne() {
        for port in [0x60, 0x64, 0x92, 0xCF9, 0xF4, 0xF7, 0x605, 0x508] as [UInt16] {
            #expect(RunEndingPort.isReached(from: Port(port), width: 1))
            #expect(RunEndingPort.isReached(from: Port(port - 3), width: 4))
        }
        #expect(!RunEndingPort.isReached(from: Port(0x3F8), width: 1))
    }
}
