import Devices
import X86

/// Guest memory from address 0, for devices that reach it.
struct TestMemory: GuestMemoryAccess {
    var bytes: [UInt8]
    /// Bytes moved so far: what a device's work is measured by.
    private(set) var traffic = 0

    init(byteCount: Int = 0x10000) { bytes = [UInt8](repeating: 0, count: byteCount) }

    private func range(_ address: GuestPhysicalAddress, _ count: Int) throws(GuestMemoryError) -> Range<Int> {
        guard address.rawValue <= UInt64(bytes.count), count <= bytes.count - Int(address.rawValue) else {
            throw GuestMemoryError(address: address, byteCount: count)
        }
        return Int(address.rawValue)..<Int(address.rawValue) + count
    }

    mutating func read(
        at address: GuestPhysicalAddress,
        into span: inout MutableSpan<UInt8>
    ) throws(GuestMemoryError) {
        let range = try range(address, span.count)
        for index in 0..<span.count { span[index] = bytes[range.lowerBound + index] }
        traffic += span.count
    }

    mutating func write(_ span: Span<UInt8>, at address: GuestPhysicalAddress) throws(GuestMemoryError) {
        let range = try range(address, span.count)
        for index in span.indices { bytes[range.lowerBound + index] = span[index] }
        traffic += span.count
    }

    /// Puts a little-endian number into memory.
    mutating func put<Value: FixedWidthInteger>(_ value: Value, at address: Int) {
        for index in 0..<Value.bitWidth / 8 {
            bytes[address + index] = UInt8(truncatingIfNeeded: value >> Value(8 * index))
        }
    }

    /// A little-endian number in memory.
    func get<Value: FixedWidthInteger>(at address: Int, as type: Value.Type = Value.self) -> Value {
        (0..<Value.bitWidth / 8).reduce(0) { $0 | Value(bytes[address + $1]) << Value(8 * $1) }
    }
}
