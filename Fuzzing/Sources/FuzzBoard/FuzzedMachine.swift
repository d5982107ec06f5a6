import GuestMemory
import Platform
import X86

@testable import Devices
@testable import Machine

/// A PC with 1 MiB of memory, an IDE disk and a virtio disk, and no processor.
struct FuzzedMachine: ~Copyable {
    /// The most that devices write in one input: an input that has them copy the same memory for ever shows nothing.
    private static let mostWritten = 64 << 20

    private static let diskBatch: @Sendable () -> (count: Int, pause: UInt64) = { (count: 2, pause: 50_000) }

    private let memory: GuestMemory
    private var board: PCBoard
    private var now = MachineTime.start
    private var written = 0

    /// - Parameter disksTakeTime: whether disks answer later, and only some of the requests that wait at once.
    init(disksTakeTime: Bool) throws {
        memory = try GuestMemory(regions: [.init(address: GuestPhysicalAddress(0), size: 1 << 20)])
        let setup = BoardSetup(
            memorySize: 1 << 20,
            date: WallClock(secondsSince1970: 1_700_000_000),
            drives: DriveInterface.allCases.map { Drive(disk: Disk(EmptyImage()), interface: $0) },
            files: [FirmwareFile(name: "opt/file", bytes: [1, 2, 3])],
            isSetUp: true,
            notesUnclaimed: true,
            diskBatch: disksTakeTime ? Self.diskBatch : nil
        )
        board = PCBoard(setup, memory: memory)
    }

    /// Does something; false where that ends the run.
    mutating func takes(_ action: Action) -> Bool {
        var signal: BoardSignal?
        switch action {
        case .readPort(let port, let size): _ = board.answerPort(Port(port), size, now: now)
        case .writePort(let port, let size, let value):
            signal = board.writePort(Port(port), size, value, now: now)
        case .readDevice(let address, let length):
            _ = board.answerMemory(GuestPhysicalAddress(address), length, now: now)
        case .writeDevice(let address, let length, let value):
            signal = board.writeMemory(GuestPhysicalAddress(address), length, value, now: now)
        case .store(let bytes, let address): store(bytes, at: address)
        case .start(let slot): start(slot)
        case .describe(let queue, let index, let address, let count, let flags, let next):
            let descriptor = bytes(of: address) + bytes(of: count) + [flags, 0, next, 0]
            store(descriptor, at: queue.descriptors + 16 * UInt64(index % 8))
        case .offer(let queue, let head): signal = offer(head, in: queue)
        case .takeInterrupts: takeInterrupts()
        case .writeAPICBase(let value): _ = board.writeMSR(0x1B, value, now: now)
        case .type(let bytes): board.receiveConsole(Array(bytes.prefix(board.consoleRoom())))
        case .pass(let nanoseconds): pass(nanoseconds)
        }
        checkAccesses()
        return signal != .reset && signal != .powerOff && written <= Self.mostWritten
    }

    private mutating func pass(_ nanoseconds: UInt64) {
        now = now.advanced(byNanoseconds: nanoseconds)
        board.advance(to: now)
        precondition(board.nextDeadline ?? .latest >= now, "a deadline in the past")
    }

    private mutating func takeInterrupts() {
        if board.interruptRequested { _ = board.acknowledgeInterrupt() }
        if board.nonMaskableInterruptRequested { _ = board.acknowledgeNonMaskableInterrupt() }
    }

    // MARK: A driver's steps

    private mutating func start(_ slot: VirtioSlot) {
        func set(_ register: VirtioCommonRegister, _ size: AccessSize, _ value: UInt64) {
            let address = GuestPhysicalAddress(slot.base + register.rawValue)
            _ = board.writeMemory(address, UInt8(size.byteCount), value, now: now)
        }
        func set(_ status: VirtioTransport.Status) { set(.deviceStatus, .byte, UInt64(status.rawValue)) }
        set([])
        set([.acknowledge, .driver])
        set(.driverFeatureSelect, .doubleword, 1)
        set(.driverFeature, .doubleword, VirtioTransport.version1 >> 32)
        set([.acknowledge, .driver, .featuresOK])
        for number in 0..<slot.queueCount {
            let queue = VirtioQueuePlace(slot: slot, queue: number)
            set(.queueSelect, .word, UInt64(number))
            set(.queueSize, .word, UInt64(VirtioQueuePlace.size))
            set(.queueDescriptors, .doubleword, queue.descriptors)
            set(.queueDriver, .doubleword, queue.available)
            set(.queueDevice, .doubleword, queue.used)
            set(.queueEnable, .word, 1)
        }
        set([.acknowledge, .driver, .featuresOK, .driverOK])
    }

    private mutating func offer(_ head: UInt8, in queue: VirtioQueuePlace) -> BoardSignal? {
        let index = (try? memory.readAcross(GuestPhysicalAddress(queue.available + 2), count: 2)) ?? [0, 0]
        let count = UInt16(index[0]) | UInt16(index[1]) << 8
        store([head, 0], at: queue.available + 4 + 2 * UInt64(count % VirtioQueuePlace.size))
        store(bytes(of: count &+ 1), at: queue.available + 2)
        return board.writeMemory(GuestPhysicalAddress(queue.notification), 2, UInt64(queue.queue), now: now)
    }

    private func store(_ bytes: [UInt8], at address: UInt64) {
        try? memory.writeAcross(bytes, at: GuestPhysicalAddress(address))
    }

    private func bytes(of value: some FixedWidthInteger) -> [UInt8] {
        (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    // MARK: What must hold

    private mutating func checkAccesses() {
        precondition(board.hasDeviceAccesses == !board.memory.accesses.isEmpty)
        for case .write(let write) in board.takeDeviceAccesses() {
            let count = UInt64(write.bytes.count)
            precondition(memory.isPresent(write.address, count: count, for: .write), "a write outside memory")
            written += write.bytes.count
        }
    }

    /// Every device that is made anew from its state is the same.
    func checkStates() {
        check(board.lines.controller.state, InterruptController8259.init(state:), \.state)
        check(board.lines.ioAPIC.state, IOAPIC.init(state:), \.state)
        check(board.lines.localAPIC.state, LocalAPIC.init(state:), \.state)
        check(board.timer.state, IntervalTimer8254.init(state:), \.state)
        check(board.realTimeClock.state, RealTimeClock.init(state:), \.state)
        check(board.keyboard.state, KeyboardController8042.init(state:), \.state)
        check(board.serial1.state, UART16550.init(state:), \.state)
        check(board.serial2.state, UART16550.init(state:), \.state)
        check(board.powerManagement.state, PowerManagement.init(state:), \.state)
        check(board.vga.state, VGA.init(state:), \.state)
        check(board.systemControlA.state, SystemControlPortA.init(state:), \.state)
        check(board.systemControlB.state, SystemControlPortB.init(state:), \.state)
        check(board.resetControl.state, ResetControl.init(state:), \.state)
        check(board.post.state, POSTPort.init(state:), \.state)
        check(board.firmwareConfiguration.state, FirmwareConfiguration.init(state:), \.state)
        check(board.pci.hostBridge.state, HostBridge440FX.init(state:), \.state)
        check(board.pci.isaBridge.state, ISABridgePIIX3.init(state:), \.state)
        check(board.pci.ide.state, IDEController.init(state:), \.state)
        check(board.pci.power.state, PowerManagementPIIX4.init(state:), \.state)
        check(board.pci.console.state, VirtioConsole.init(state:), \.state)
        check(board.pci.entropy.state, VirtioEntropy.init(state:), \.state)
        for disk in board.pci.disks { check(disk.state, VirtioBlock.init(state:), \.state) }
    }

    private func check<Device, State: Equatable>(
        _ state: State,
        _ make: (State) -> Device,
        _ path: KeyPath<Device, State>
    ) {
        precondition(make(state)[keyPath: path] == state, "a \(Device.self) of another state than it was made with")
    }
}

/// A disk of zeros.
private struct EmptyImage: DiskImage {
    var sectorCount: UInt64 { 64 }
    func read(from first: UInt64, into bytes: inout MutableSpan<UInt8>) throws(BlockStorageError) {
        for index in bytes.indices { bytes[index] = 0 }
    }
    func write(_ bytes: Span<UInt8>, to first: UInt64) throws(BlockStorageError) { throw .readOnly }
    func flush() throws(BlockStorageError) {}
}
