public import Devices
internal import Engine
public import GuestMemory
internal import Platform
internal import X86

/// A PC: devices at their ports and addresses, with their lines to the interrupt controllers.
///
/// Like its devices, it reads no clock: every access says what time it is. Time must not run backwards.
public struct PCBoard: Board, ~Copyable {
    var lines = InterruptLines()
    var timer = IntervalTimer8254()
    var realTimeClock: RealTimeClock
    var keyboard = KeyboardController8042()
    var serial1 = UART16550()
    var serial2 = UART16550(isConnected: false)
    var powerManagement = PowerManagement()
    var vga = VGA()
    var systemControlA = SystemControlPortA()
    var systemControlB = SystemControlPortB()
    var resetControl = ResetControl()
    var post = POSTPort()
    var modelSpecific: ModelSpecificRegisters
    var firmwareConfiguration: FirmwareConfiguration
    /// Whether address line 20 is masked. Port 0x92 and the keyboard controller both drive the line, and the last write
    /// to either decides, as in QEMU's PC.
    var masksAddressLine20 = false
    let debugConsole = DebugConsole()
    let exitPort = ExitPort()

    var pci: PCIBus
    /// Where PCI devices answer, as ``pci`` says; kept here because every access needs it.
    var windows: [PCIBus.Window] = []
    var ports = PortMap()
    /// The first ports of the bus master and of power management, while they are open.
    var busMasterBase: UInt16?
    var powerBase: UInt16?

    /// The disks of each interface.
    var ideDisks: [Disk?]
    var virtioDisks: [Disk]
    /// When virtio disks continue with their remaining requests, by number.
    var diskPauses: [Int: MachineTime] = [:]
    /// Whether packets whose time has come wait for the driver to make room.
    var awaitsRoomForPackets = false
    /// When the drives of each IDE channel finish their work.
    var drivePauses: [MachineTime?] = [nil, nil]
    let setup: BoardSetup
    var memory: DeviceMemory
    var randomness: RandomNumbers
    var unclaimed: UnclaimedLog?
    private let lent = LentInPlace()
    /// Whether the guest has shown something on its virtio console.
    var showsOnVirtio = false

    /// The name of this board in a trace.
    public static let name = BoardName.pc

    /// The next time at which a device does something by itself; nil if nothing happens without an access.
    public internal(set) var nextDeadline: MachineTime?

    /// A board that has just been switched on.
    ///
    /// - Parameter memory: what its devices read and write by themselves.
    public init(_ setup: BoardSetup, memory: GuestMemory) {
        self.memory = DeviceMemory(memory)
        modelSpecific = ModelSpecificRegisters(cpuid: setup.cpuid, now: .start)
        realTimeClock = RealTimeClock(date: setup.date)
        let low = min(setup.memorySize, AddressSpace.holeStart)
        realTimeClock.describeMemory(below4GiB: low, above4GiB: setup.memorySize - low)
        realTimeClock.describeEquipment()
        realTimeClock.describeBootOrder([.hardDisk, .opticalDisc, .floppy])
        self.setup = setup
        firmwareConfiguration = FirmwareConfiguration(setup)
        pci = PCIBus(setup)
        let ide = setup.disks(on: .ide)
        ideDisks = ide + Array(repeating: nil, count: Drive.limit(of: .ide) - ide.count)
        virtioDisks = setup.disks(on: .virtio)
        randomness = RandomNumbers(source: setup.randomness)
        unclaimed = setup.notesUnclaimed ? UnclaimedLog() : nil
        followConfiguration()
        updateDeadline(after: .start)
    }

    /// Lets the devices do everything that was due by `now`.
    public mutating func advance(to now: MachineTime) {
        advanceTimers(to: now)
        if !diskPauses.isEmpty { advanceDisks(to: now) }
        if setup.network != nil { advanceNetwork(to: now) }
    }

    /// Does what is due in the devices that write to no memory. It may therefore be called within an access, whose
    /// instruction has not finished.
    @inline(__always)
    mutating func advanceTimers(to now: MachineTime) {
        if let due = nextDeadline, due <= now { workOffTimers(to: now) }
    }

    private mutating func workOffTimers(to now: MachineTime) {
        timer.advance(to: now)
        realTimeClock.advance(to: now)
        powerManagement.advance(to: now)
        lines.localAPIC.advance(to: now)
        finishDriveWork(until: now)
        updateTimerLine()
        updateClockLine()
        updatePowerLine()
        updateDeadline(after: now)
    }

    mutating func updateDeadline(after now: MachineTime) {
        let timers = MachineTime.earliest(timer.nextDeadline(after: now), realTimeClock.nextDeadline(after: now))
        let power = powerManagement.nextDeadline(after: now)
        let devices = MachineTime.earliest(.earliest(timers, power), lines.localAPIC.nextDeadline(after: now))
        let disks = MachineTime.earliest(diskPauses.values.min(), .earliest(drivePauses[0], drivePauses[1]))
        nextDeadline = .earliest(.earliest(devices, disks), nextPacketTime)
    }

    /// Masks or unmasks address line 20, for the processor and for the board.
    mutating func maskAddressLine20(_ isMasked: Bool) {
        guard isMasked != masksAddressLine20 else { return }
        masksAddressLine20 = isMasked
        memory.noteAddressLine20(masked: isMasked)
    }

    /// What the devices have done to guest memory since the last call, in order.
    public mutating func takeDeviceAccesses() -> [DeviceAccess] { memory.takeAccesses() }

    /// Whether ``takeDeviceAccesses()`` would return any. Cheap enough to call at every exit.
    public var hasDeviceAccesses: Bool { !memory.accesses.isEmpty }

    /// The accesses by the guest that nothing claimed, and how many of each, if they are noted.
    public var unclaimedAccesses: [UnclaimedAccess: Int] { unclaimed?.counts ?? [:] }
}

/// The numbers of the virtio entropy device, which come from the board's setup.
struct RandomNumbers: RandomNumberGenerator {
    let source: @Sendable () -> UInt64

    mutating func next() -> UInt64 { source() }
}
