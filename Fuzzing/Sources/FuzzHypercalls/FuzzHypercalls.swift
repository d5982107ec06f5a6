import Devices
import GuestMemory
import Machine
import Platform
import X86

/// Takes the input for the calls of a hostile unikernel: each is a byte that says which call, one that says where its
/// structure is, and the structure's bytes. A trap is the finding; so is a call that writes where the guest cannot, or that
/// is answered after a fault.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzHypercalls(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    var input = UnsafeBufferPointer(start: start, count: count)[...]
    guard var machine = try? Unikernels() else { return 0 }
    while let selector = input.popFirst(), let place = input.popFirst() {
        let call = Hypercall.allCases[Int(selector) % Hypercall.allCases.count]
        let arguments = Array(input.prefix(call.argumentSize))
        input = input.dropFirst(call.argumentSize)
        guard machine.makes(call, arguments, at: place) else { break }
    }
    return 0
}

/// A board with 2 MiB of memory, of which 64 KiB can only be read, a disk and a wire.
private struct Unikernels {
    private let memory: GuestMemory
    private var board: HVTBoard
    private var now = MachineTime.start
    private static let size: UInt64 = 2 << 20
    private static let readOnly: UInt64 = 0x10_0000
    private static let readOnlySize: UInt64 = 0x1_0000

    init() throws {
        let end = Self.readOnly + Self.readOnlySize
        let regions = [
            GuestMemory.Region(address: GuestPhysicalAddress(0), size: Self.readOnly),
            GuestMemory.Region(address: GuestPhysicalAddress(Self.readOnly), size: Self.readOnlySize, isReadOnly: true),
            GuestMemory.Region(address: GuestPhysicalAddress(end), size: Self.size - end),
        ]
        memory = try GuestMemory(regions: regions)
        let unikernel = Unikernel(
            regions: regions,
            devices: [
                nil, UnikernelDevice(name: "disk", kind: .block(capacity: 8192, blockSize: 512)),
                UnikernelDevice(name: "wire", kind: .network(address: [2, 0, 0, 0, 0, 1], mtu: 1500)),
            ],
            end: end
        )
        let setup = HVTBoardSetup(
            disks: ["disk": Disk(EmptyImage())],
            links: ["wire": EndlessWire()],
            wallClock: { $0.nanoseconds }
        )
        board = HVTBoard(setup, unikernel, memory: memory)
    }

    /// Makes a call; false where the guest has ended.
    mutating func makes(_ call: Hypercall, _ arguments: [UInt8], at place: UInt8) -> Bool {
        // Near the ends of memory and of what can only be read, and far from them.
        let bases: [UInt64] = [0, Self.readOnly, Self.readOnly + Self.readOnlySize, Self.size, 0x8_0000, 0xFFFF_FFE0]
        let address = (bases[Int(place) % bases.count] &- UInt64(place & 0x38)) & 0xFFFF_FFFF
        try? memory.writeAcross(arguments, at: GuestPhysicalAddress(address))
        now = now.advanced(byNanoseconds: 1)
        let signal = board.writePort(call.port, .doubleword, UInt32(address), now: now)
        switch signal {
        case .wait(let deadline):
            precondition(deadline >= now, "a wait into the past")
            if !board.isWaitOver(at: now) { now = min(deadline, board.nextArrival ?? deadline) }
            board.endWait(at: now)
        case .exit: return false
        default: break
        }
        precondition(board.fault == nil || signal == nil, "a call that is answered and at fault")
        check(board.takeDeviceAccesses())
        return board.fault == nil
    }

    private func check(_ accesses: [DeviceAccess]) {
        for access in accesses {
            switch access {
            case .write(let write):
                let count = UInt64(write.bytes.count)
                precondition(memory.isPresent(write.address, count: count, for: .write), "a write outside memory")
            case .read(let output):
                let count = UInt64(output.bytes.count)
                precondition(memory.isPresent(output.address, count: count, for: .read), "a read outside memory")
            }
        }
    }
}

/// A disk of zeros.
private struct EmptyImage: DiskImage {
    var sectorCount: UInt64 { 16 }
    func read(from first: UInt64, into bytes: inout MutableSpan<UInt8>) throws(BlockStorageError) {
        for index in bytes.indices { bytes[index] = 0 }
    }
    func write(_ bytes: Span<UInt8>, to first: UInt64) throws(BlockStorageError) { throw .readOnly }
    func flush() throws(BlockStorageError) {}
}

/// A wire with a packet every few nanoseconds.
private struct EndlessWire: NetworkLink {
    var isClosed: Bool { false }
    let mtu: UInt16 = 1500
    var nextArrival: MachineTime? { nil }
    func hasPacket(at now: MachineTime) -> Bool { now.nanoseconds % 4 == 0 }
    func receive(at now: MachineTime) -> [UInt8]? {
        hasPacket(at: now) ? [UInt8](repeating: 1, count: Int(now.nanoseconds % 1500)) : nil
    }
    func send(_ packet: [UInt8]) {}
}
