public import Devices
internal import Platform

extension PCBoard {
    /// Resets every device, as the reset line of a PC does. The clock keeps running and keeps its memory, and disks
    /// keep what was written.
    public mutating func reset(at now: MachineTime) {
        lines = InterruptLines()
        timer = IntervalTimer8254()
        timer.advance(to: now)
        _ = timer.takeInterruptEdge()
        realTimeClock.reset(at: now)
        keyboard = KeyboardController8042()
        serial1 = UART16550()
        serial2 = UART16550(isConnected: false)
        powerManagement = PowerManagement()
        powerManagement.advance(to: now)
        vga = VGA()
        systemControlA = SystemControlPortA()
        masksAddressLine20 = false
        systemControlB = SystemControlPortB()
        resetControl = ResetControl()
        post = POSTPort()
        modelSpecific = ModelSpecificRegisters(cpuid: setup.cpuid, now: now)
        firmwareConfiguration = FirmwareConfiguration(setup)
        pci = PCIBus(setup)
        diskPauses = [:]
        drivePauses = [nil, nil]
        awaitsRoomForPackets = false
        showsOnVirtio = false
        followConfiguration()
        updateDeadline(after: now)
    }
}

extension FirmwareConfiguration {
    /// The device that describes the machine to the guest.
    init(_ setup: BoardSetup) {
        self.init(memorySize: setup.memorySize)
        for file in setup.files { _ = addFile(file.name, file.bytes) }
    }
}

extension PCIBus {
    /// The devices of a board.
    init(_ setup: BoardSetup) {
        self.init(
            ide: IDEController(
                drives: setup.disks(on: .ide).enumerated().map {
                    .init(sectorCount: $1.sectorCount, serialNumber: "rr-vm \($0)")
                },
                takesTime: setup.diskBatch != nil
            ),
            disks: setup.disks(on: .virtio).enumerated().map {
                VirtioBlock(sectorCount: $1.sectorCount, isReadOnly: false, serialNumber: "rr-vm virtio \($0)")
            },
            network: setup.network.map { VirtioNetwork(address: $0.address, isLinkUp: !$0.link.isClosed) }
        )
        if setup.isSetUp { setUp() }
    }
}

extension BoardSetup {
    /// The disks of an interface, as many as it has room for.
    func disks(on interface: DriveInterface) -> [Disk] {
        drives.filter { $0.interface == interface }.prefix(Drive.limit(of: interface)).map(\.disk)
    }
}
