internal import ByteCoding
import X86

extension FirmwareConfiguration {
    /// The control field of a DMA request. The upper half can carry the number of an item.
    private struct Control: OptionSet {
        let rawValue: UInt32
        static let error = Self(rawValue: 1 << 0)
        static let read = Self(rawValue: 1 << 1)
        static let skip = Self(rawValue: 1 << 2)
        static let select = Self(rawValue: 1 << 3)
        static let write = Self(rawValue: 1 << 4)
    }

    /// How many bytes are moved at a time.
    private static let step = 64 << 10

    /// Carries out the request in memory and writes the result there: the control field becomes 0, or the error bit.
    mutating func perform(at address: GuestPhysicalAddress, _ memory: inout some GuestMemoryAccess) {
        do throws(GuestMemoryError) {
            let head = try memory.readUInt64(at: address).byteSwapped
            let target = try memory.readUInt64(at: GuestPhysicalAddress(address.rawValue &+ 8)).byteSwapped
            let isDone = perform(
                Control(rawValue: UInt32(head >> 32)),
                count: Int(head & 0xFFFF_FFFF),
                target,
                &memory
            )
            let answer = (isDone ? Control() : .error).rawValue.byteSwapped
            let bytes = InlineArray<4, UInt8> { LittleEndian.byte($0, of: answer) }
            try memory.write(bytes.span, at: address)
        } catch {
            // A request outside memory cannot be answered.
            return
        }
    }

    private mutating func perform(
        _ control: Control,
        count: Int,
        _ target: UInt64,
        _ memory: inout some GuestMemoryAccess
    ) -> Bool {
        if control.contains(.select) { select(UInt16(control.rawValue >> 16)) }
        if control.contains(.read) { return copy(count, to: target, &memory) }
        // Items cannot be written.
        if control.contains(.write) { return false }
        if control.contains(.skip) { state.offset = min(state.offset + count, selectedItem.count) }
        return true
    }

    /// Copies the item's next bytes to memory, and zeros after its last. The end of memory limits the work.
    private mutating func copy(_ count: Int, to target: UInt64, _ memory: inout some GuestMemoryAccess) -> Bool {
        let item = selectedItem
        var done = 0
        while done < count {
            let start = min(state.offset, item.count)
            let end = min(start + min(count - done, Self.step), item.count)
            let isBehind = start == end
            let length = isBehind ? min(count - done, Self.step) : end - start
            let place = GuestPhysicalAddress(target &+ UInt64(done))
            do throws(GuestMemoryError) {
                if isBehind {
                    try memory.write([UInt8](repeating: 0, count: length).span, at: place)
                } else {
                    try memory.write(item.span.extracting(start..<end), at: place)
                }
            } catch {
                return false
            }
            state.offset = end
            done += length
        }
        return true
    }
}
