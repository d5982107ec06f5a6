import X86

/// A buffer that a driver has put into a queue: ranges of guest memory for the device to read, and then ranges to
/// write.
struct VirtioBuffer {
    /// A range of guest memory.
    struct Segment {
        var address: UInt64
        var count: UInt64
    }

    /// Ranges in order, consumed from the front.
    struct Segments {
        private var segments: [Segment] = []
        private var first = 0
        private(set) var byteCount: UInt64 = 0

        var isEmpty: Bool { segments.isEmpty }

        mutating func append(_ segment: Segment) {
            segments.append(segment)
            byteCount += segment.count
        }

        /// Takes at most `count` bytes from the front, all from one range.
        mutating func takeStretch(_ count: UInt64) -> Segment? {
            while first < segments.count, segments[first].count == 0 { first += 1 }
            guard first < segments.count, count > 0 else { return nil }
            let taken = min(count, segments[first].count)
            let stretch = Segment(address: segments[first].address, count: taken)
            segments[first].address &+= taken
            segments[first].count -= taken
            byteCount -= taken
            return stretch
        }

        /// Takes the last byte off the end, where a block device's status goes.
        mutating func takeLastByte() -> GuestPhysicalAddress? {
            while let last = segments.last, last.count == 0, segments.count > first { segments.removeLast() }
            guard segments.count > first, let last = segments.last else { return nil }
            segments[segments.count - 1].count -= 1
            byteCount -= 1
            return GuestPhysicalAddress(last.address &+ (last.count - 1))
        }

        /// Reads bytes from the front until `bytes` is full or nothing is left; returns how many.
        mutating func read(
            into bytes: inout [UInt8],
            _ memory: inout some GuestMemoryAccess
        ) throws(VirtioQueue.Fault) -> Int {
            var done = 0
            while let (_, part) = try readStretch(UInt64(bytes.count - done), &memory) {
                bytes.replaceSubrange(done..<done + part.count, with: part)
                done += part.count
            }
            return done
        }

        /// Reads at most `count` bytes from the front, all from one range. Returns their address and the bytes; nil if
        /// there are none.
        mutating func readStretch(
            _ count: UInt64,
            _ memory: inout some GuestMemoryAccess
        ) throws(VirtioQueue.Fault) -> (address: GuestPhysicalAddress, bytes: [UInt8])? {
            guard let stretch = takeStretch(count) else { return nil }
            var bytes = [UInt8](repeating: 0, count: Int(stretch.count))
            let address = GuestPhysicalAddress(stretch.address)
            do throws(GuestMemoryError) {
                var span = bytes.mutableSpan
                try memory.read(at: address, into: &span)
            } catch {
                throw .outsideMemory
            }
            return (address, bytes)
        }

        /// Writes bytes to the front until all are written or no room is left; returns how many.
        mutating func write(
            _ bytes: [UInt8],
            _ memory: inout some GuestMemoryAccess
        ) throws(VirtioQueue.Fault) -> Int {
            var done = 0
            while let stretch = takeStretch(UInt64(bytes.count - done)) {
                let end = done + Int(stretch.count)
                do throws(GuestMemoryError) {
                    try memory.write(bytes.span.extracting(done..<end), at: GuestPhysicalAddress(stretch.address))
                } catch {
                    throw .outsideMemory
                }
                done = end
            }
            return done
        }
    }

    let head: UInt16
    var readable = Segments()
    var writable = Segments()
}
