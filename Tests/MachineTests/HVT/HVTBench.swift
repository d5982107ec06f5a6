import ByteCoding
import Devices
import GuestMemory
import Platform
import X86

@testable import Machine

/// A unikernel's board without a processor: 4 MiB of memory, of which 64 KiB from 1 MiB on can only be read, a disk of 64 KiB
/// with handle 1, and a wire with handle 2.
struct HVTBench {
    static let memorySize: UInt64 = 4 << 20
    static let readOnly: UInt64 = 0x10_0000
    static let diskSize = 64 << 10
    /// Where calls have their structure.
    static let structure: UInt64 = 0x20_0000
    /// Where their data is.
    static let data: UInt64 = 0x21_0000

    let memory: GuestMemory
    var board: HVTBoard
    let wire: TestWire
    var now = MachineTime.start

    init() throws {
        let wire = TestWire()
        let regions = [
            GuestMemory.Region(address: GuestPhysicalAddress(0), size: Self.readOnly),
            GuestMemory.Region(address: GuestPhysicalAddress(Self.readOnly), size: 0x1_0000, isReadOnly: true),
            GuestMemory.Region(
                address: GuestPhysicalAddress(Self.readOnly + 0x1_0000),
                size: Self.memorySize - Self.readOnly - 0x1_0000
            ),
        ]
        let memory = try GuestMemory(regions: regions)
        let unikernel = Unikernel(
            regions: regions,
            devices: [
                nil, UnikernelDevice(name: "disk", kind: .block(capacity: UInt64(Self.diskSize), blockSize: 512)),
                UnikernelDevice(name: "wire", kind: .network(address: [2, 0, 0, 0, 0, 1], mtu: 1500)),
            ],
            end: 0x20_0000
        )
        let setup = HVTBoardSetup(
            disks: ["disk": Disk(PatternImage(byteCount: Self.diskSize))],
            links: ["wire": wire],
            wallClock: { 1000 + $0.nanoseconds }
        )
        self.wire = wire
        self.memory = memory
        board = HVTBoard(setup, unikernel, memory: memory)
    }

    /// Makes a call with these numbers in its structure, of 8 bytes each.
    @discardableResult
    mutating func call(_ call: Hypercall, _ arguments: UInt64..., at structure: UInt64 = structure) throws
        -> BoardSignal?
    {
        var writer = ByteWriter()
        for argument in arguments { writer.write(argument) }
        try memory.writeAcross(writer.bytes, at: GuestPhysicalAddress(structure))
        return write(call, structure)
    }

    /// Writes an address to a call's port.
    mutating func write(_ call: Hypercall, _ structure: UInt64) -> BoardSignal? {
        board.writePort(call.port, .doubleword, UInt32(truncatingIfNeeded: structure), now: now)
    }

    /// The number in the structure at an offset.
    func result<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type, at offset: UInt64) throws -> Number {
        let address = GuestPhysicalAddress(Self.structure + offset)
        let bytes = try memory.read(at: address, count: MemoryLayout<Number>.size)
        var cursor = ByteCursor(bytes.rawSpan)
        return try cursor.read()
    }

    func bytes(at address: UInt64 = data, count: Int) throws -> [UInt8] {
        try memory.read(at: GuestPhysicalAddress(address), count: count)
    }
}

/// A wire whose packets the test puts on it, and on which it finds what was sent.
final class TestWire: NetworkLink, @unchecked Sendable {
    let mtu: UInt16 = 1500
    var arriving: [(time: MachineTime, packet: [UInt8])] = []
    var sent: [[UInt8]] = []
    /// Whether it is known beforehand when a packet comes.
    var announces = true
    var isClosed = false

    init(_ arriving: [(time: MachineTime, packet: [UInt8])] = [], announces: Bool = true) {
        self.arriving = arriving
        self.announces = announces
    }

    func hasPacket(at now: MachineTime) -> Bool { arriving.first.map { $0.time <= now } ?? false }
    var nextArrival: MachineTime? { announces ? arriving.first?.time : nil }
    func receive(at now: MachineTime) -> [UInt8]? { hasPacket(at: now) ? arriving.removeFirst().packet : nil }
    func send(_ packet: [UInt8]) { sent.append(packet) }
}

/// A disk image whose every byte is its place's, and that no one writes.
struct PatternImage: DiskImage {
    let byteCount: Int
    var sectorCount: UInt64 { UInt64(byteCount / 512) }

    func read(from first: UInt64, into bytes: inout MutableSpan<UInt8>) throws(BlockStorageError) {
        for index in bytes.indices { bytes[index] = Self.byte(at: Int(first) * 512 + index) }
    }

    func write(_ bytes: Span<UInt8>, to first: UInt64) throws(BlockStorageError) { throw .readOnly }
    func flush() throws(BlockStorageError) {}

    static func byte(at place: Int) -> UInt8 { UInt8(truncatingIfNeeded: place &* 3 &+ place >> 9) }
}
