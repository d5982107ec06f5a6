internal import Devices
internal import Engine
internal import Glibc
internal import GuestMemory
internal import Machine
internal import Platform

extension PCBoard {
    /// The set-up of the PC for a run.
    init(_ configuration: MachineConfiguration, _ setup: RunSetup, memory: GuestMemory) {
        var diskBatch: (@Sendable () -> (count: Int, pause: UInt64))?
        if let seed = setup.chaosSeed {
            let chaos = DiskChaos(seed: seed)
            diskBatch = { chaos.batch() }
        }
        let board = BoardSetup(
            memorySize: configuration.memorySize,
            date: WallClock(secondsSince1970: setup.clockDate ?? setup.date),
            cpuid: configuration.profile.cpuid,
            drives: setup.drives,
            network: setup.network.map { NetworkInterface(address: $0.address, link: $0.link) },
            files: setup.files,
            isSetUp: !configuration.startsInFirmware,
            showsFirmwareLog: setup.showsFirmwareLog,
            notesUnclaimed: setup.notesUnclaimed,
            randomness: { UInt64.random(in: .min ... .max) },
            diskBatch: diskBatch
        )
        self.init(board, memory: memory)
    }
}

extension HVTBoardSetup {
    /// The backends of a unikernel's devices for a run. The date is the host's, unless the set-up gives another date or a
    /// clock other than the real one.
    init(_ setup: RunSetup) {
        let start = UInt64(max(setup.clockDate ?? setup.date, 0)) &* MachineTime.nanosecondsPerSecond
        let isHostTime = setup.clock == .real && setup.clockDate == nil
        self.init(
            disks: setup.unikernel.disks,
            links: setup.unikernel.links,
            wallClock: { now in isHostTime ? Self.hostNanoseconds() : start &+ now.nanoseconds }
        )
    }

    private static func hostNanoseconds() -> UInt64 {
        var time = timespec()
        // SAFETY: clock_gettime fills the given structure and cannot fail for CLOCK_REALTIME.
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(max(time.tv_sec, 0)) &* MachineTime.nanosecondsPerSecond &+ UInt64(time.tv_nsec)
    }
}
