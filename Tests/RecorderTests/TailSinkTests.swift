import Devices
import Testing
import TraceFormat
import X86

@testable import Recorder

/// The last events of a run that is not recorded.
@Suite struct TailSinkTests {
    /// A sink that has taken events, and all of them: an access to a port, or another one at each `interval`th place.
    private func sink(of count: Int, othersAtEach interval: Int) -> (sink: TailSink, all: [RecordedEvent]) {
        var sink = TailSink()
        var all: [RecordedEvent] = []
        for number in 0..<UInt64(count) {
            let access = PortAccess(port: Port(7), size: .word, value: UInt32(number))
            let isWrite = number % 2 == 1
            let isOther = Int(number) % interval == interval - 1
            let event: Event =
                isOther ? .interrupt(vector: UInt8(number)) : isWrite ? .portWrite(access) : .portRead(access)
            let time = MachineTime(nanoseconds: number * 1_000_000)
            if isOther {
                sink.append(event, rip: number, at: time, instructions: 0)
            } else {
                sink.appendPortAccess(access, isWrite: isWrite, rip: number, at: time, instructions: 0)
            }
            all.append(RecordedEvent(ordinal: EventOrdinal(number), time: UInt32(number), rip: number, event: event))
        }
        return (sink, all)
    }

    @Test(arguments: [0, 1, 9, 10, 11, 16, 17, 40], [1, 2, 3, 7, 100])
    func itHasTheLastEventsInOrder(count: Int, interval: Int) {
        let (sink, all) = sink(of: count, othersAtEach: interval)

        #expect(sink.eventCount == UInt64(count))
        #expect(sink.events == all.suffix(FaultReport.eventLimit))
    }
}
