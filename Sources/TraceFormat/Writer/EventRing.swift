import Glibc
import Synchronization

/// Carries records and their bytes from the recorder's thread to the writer's: one producer, one consumer, no locks and
/// no allocations. If the ring is full, the producer waits; nothing is dropped.
///
/// Positions count everything that ever went through the ring. A position modulo the capacity is a place in the buffer.
@safe final class EventRing: @unchecked Sendable {
    static let recordCapacity = 1 << 16
    /// Room for a keyframe of 8192 pages, so that the recorder can go on while they are packed.
    static let byteCapacity = 32 << 20
    /// After this many bytes, the consumer reports that there is room again.
    static let roomInterval = 1 << 18
    /// After this many records too.
    static let roomRecords = 1024
    /// After this many records, the producer wakes the consumer early.
    static let wakeInterval: UInt64 = 1 << 14

    // SAFETY of both buffers: the producer writes only the places from what was taken up to the capacity beyond it, and
    // then publishes them with a releasing store. The consumer reads only published places and returns them with a
    // releasing store. No place is ever used by both at once.
    private let records: UnsafeMutablePointer<EventRecord>
    private let bytes: UnsafeMutableRawPointer

    let recordsPut = Atomic<UInt64>(0)
    let recordsTaken = Atomic<UInt64>(0)
    let bytesTaken = Atomic<UInt64>(0)
    /// Posted when the producer wants the consumer to look.
    let wake = WakeSignal()
    /// Posted when the consumer has made room.
    let room = WakeSignal()

    init() {
        unsafe records = .allocate(capacity: Self.recordCapacity)
        unsafe bytes = .allocate(byteCount: Self.byteCapacity, alignment: 64)
    }

    deinit {
        // SAFETY: allocated in init, and nobody else holds the ring any more.
        unsafe records.deallocate()
        unsafe bytes.deallocate()
    }

    /// Producer: stores a record at a free position.
    func store(_ record: EventRecord, at position: UInt64) {
        // SAFETY: see the buffers; the index is within the capacity.
        unsafe records[Int(position % UInt64(Self.recordCapacity))] = record
    }

    /// Consumer: lends the records at published positions, from `position` to before `end`, or as many as are in one
    /// piece and can be given back together.
    func withRecords<Result>(from position: UInt64, to end: UInt64, _ body: (Span<EventRecord>) -> Result) -> Result {
        let start = Int(position % UInt64(Self.recordCapacity))
        let count = min(Int(end - position), Self.recordCapacity - start, Self.roomRecords)
        // SAFETY: see the buffers; the range is within the capacity, and published places are initialised and are not
        // given back before the call is over.
        return unsafe body(Span(_unsafeStart: UnsafePointer(records + start), count: count))
    }

    /// Producer: stores bytes at free positions.
    func store(_ source: RawSpan, at position: UInt64) {
        let start = Int(position % UInt64(Self.byteCapacity))
        let head = min(source.byteCount, Self.byteCapacity - start)
        // SAFETY: see the buffers; both parts lie within the capacity, and the source is alive while it is copied.
        unsafe source.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            unsafe (bytes + start).copyMemory(from: base, byteCount: head)
            unsafe bytes.copyMemory(from: base + head, byteCount: buffer.count - head)
        }
    }

    /// Consumer: the bytes at published positions, appended to `output`.
    func copyBytes(at position: UInt64, count: Int, to output: inout [UInt8]) {
        let start = Int(position % UInt64(Self.byteCapacity))
        let head = min(count, Self.byteCapacity - start)
        // SAFETY: see the buffers; both parts lie within the capacity.
        unsafe output.append(contentsOf: UnsafeRawBufferPointer(start: bytes + start, count: head))
        unsafe output.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count - head))
    }

    /// Producer: lets the consumer work for a while.
    func waitForConsumer() {
        wake.post()
        room.wait(nanoseconds: 10_000_000)
    }
}
