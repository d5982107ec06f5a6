import ByteCoding
import EndToEnd
import Engine
import GuestMemory
import KVMEngine
import TraceFormat
import X86

@testable import Replayer

extension TraceReader {
    /// A copy in one keyframe of which one bit of memory is another.
    func flippingBit(_ bit: UInt8, at address: GuestPhysicalAddress, inKeyframe changed: UInt32) throws -> TraceReader {
        let page = GuestPhysicalAddress(address.rawValue & ~0xFFF)
        let directory = try TemporaryDirectory()
        var writer = try TraceWriter(path: directory.file("flipped.rrvm"), header: header)
        var cursor = events()
        while let recorded = try cursor.next() {
            switch recorded.event {
            case .keyframe(let number, let position):
                let keyframe = try keyframe(Int(number))
                var memory = keyframe.memory
                var digest = keyframe.digest
                for pageAddress in Set(keyframe.changedPages).union([page]) {
                    var bytes = try memory.page(at: pageAddress)
                    if pageAddress == page, number == changed {
                        digest.memory = digest.memory - MemoryDigest.digest(ofPage: bytes.rawSpan, at: page)
                        bytes[Int(address.rawValue & 0xFFF)] ^= 1 << bit
                        digest.memory = digest.memory + MemoryDigest.digest(ofPage: bytes.rawSpan, at: page)
                    }
                    writer.addPage(pageAddress, bytes.rawSpan)
                }
                writer.appendKeyframe(position, state: keyframe.state, digest: digest, time: recorded.time)
            case .end(let outcome):
                try writer.finish(outcome, time: recorded.time)
                return try TraceReader(path: directory.file("flipped.rrvm"))
            default: writer.append(recorded.event, rip: recorded.rip, time: recorded.time)
            }
        }
        throw TimelineError.noSuchMoment("the trace has no end")
    }

    /// A recording of the same guest that was interrupted one instruction later than in the state of a keyframe: the events
    /// before it, the interrupt there, and what the guest did then, up to its first port write.
    ///
    /// - Returns: nil where the next instruction makes an exit or is none that an interrupt can follow, or the handler does
    ///   something else first.
    func delayingInterrupt(atKeyframe number: Int) throws -> TraceReader? {
        let entry = try keyframeEntry(number)
        guard case .interrupt(let vector) = try event(at: EventOrdinal(entry.event.rawValue + 1)).event else {
            return nil
        }
        let time = try event(at: entry.event).time
        var timeline = try KVMTimeline(self)
        try timeline.restore(number)
        guard try timeline.core.processor.step() == .debug else { return nil }
        try timeline.core.processor.setBreakpoints([])
        guard timeline.core.processor.canTakeInterrupt else { return nil }
        let landing = try timeline.core.capture()

        let directory = try TemporaryDirectory()
        var writer = try TraceWriter(path: directory.file("delayed.rrvm"), header: header)
        try append(before: entry.event, to: &writer)
        let pages = Set(try keyframe(number).changedPages).union(landing.writtenPages)
        try writer.add(pages, of: timeline.memory)
        writer.appendKeyframe(.asynchronous, state: landing.state, digest: landing.digest, time: time)
        writer.append(.interrupt(vector: vector), time: time)

        try timeline.core.processor.inject(vector: vector)
        guard case .portWrite(let port, let size, let value) = try timeline.core.run() else { return nil }
        let access = PortAccess(port: port, size: size, value: value)
        writer.append(.portWrite(access), rip: timeline.core.processor.exitRIP, time: time)
        let end = try timeline.core.capture()
        try writer.add(Set(end.writtenPages), of: timeline.memory)
        writer.appendKeyframe(.synchronous, state: end.state, digest: end.digest, time: time)
        try writer.finish(.stopped(.cut), time: time)
        return try TraceReader(path: directory.file("delayed.rrvm"))
    }
}

extension TraceWriter {
    fileprivate mutating func add(_ pages: Set<GuestPhysicalAddress>, of memory: GuestMemory) throws {
        for page in pages.sorted() {
            let bytes = try memory.read(at: page, count: GuestMemory.pageSize)
            addPage(page, bytes.rawSpan)
        }
    }
}
