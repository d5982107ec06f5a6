internal import Dispatch
internal import Engine
internal import GuestMemory
internal import KVMCore
internal import X86

/// A virtual machine of 512 KiB for one probe, about to execute a few bytes at ``ProbeLayout/code`` in one mode.
struct ProbeGuest: ~Copyable {
    // Declared in the order in which they are released: the memory must outlive the machine that uses it.
    var vcpu: VCPU
    private let vm: VM
    let memory: GuestMemory
    let mode: GuestMode

    /// How long a probe's guest may run before it is stopped, in nanoseconds: of processor time, which a busy host may
    /// provide late, or of clock time, if it waits for something.
    private static let (longestRun, longestWait): (UInt64, UInt64) = (2_000_000_000, 60_000_000_000)
    /// How often this limit is checked.
    private static let look = DispatchTimeInterval.milliseconds(500)
    /// A separate queue, so that it gets a thread even when all others are busy.
    private static let watchdog = DispatchQueue(label: "probe watchdog", qos: .userInteractive)
    private static let slot = MemorySlot(0)

    /// Makes the guest.
    ///
    /// - Parameters:
    ///   - code: what it executes; ``ProbeCode/end`` is appended.
    ///   - mode: the mode in which it executes.
    ///   - cpuid: what CPUID tells it.
    ///   - filter: which model-specific registers it can access; nil for all.
    init(
        _ code: [UInt8],
        _ mode: GuestMode,
        in system: borrowing KVMSystem,
        cpuid: [CPUIDEntry],
        filter: MSRFilter? = nil
    ) throws(KVMError) {
        let memory = try Self.memory(code: code + ProbeCode.end, mode)
        var vm = try system.createVM()
        // SAFETY: the memory stays mapped as long as `memory` exists, which is kept until the machine is gone.
        try unsafe vm.setMemoryRegion(
            Self.slot,
            guestAddress: GuestPhysicalAddress(0),
            hostMemory: memory.mappings[0].host,
            size: ProbeLayout.memorySize,
            flags: .logDirtyPages
        )
        if let filter {
            try vm.setUserSpaceMSRExits([.filter])
            try vm.setMSRFilter(filter)
        }
        var vcpu = try vm.createVCPU(id: 0)
        try vcpu.setCPUID(cpuid)
        try vcpu.setSpecialRegisters(ProbeLayout.specialRegisters(for: mode, from: try vcpu.specialRegisters()))
        try vcpu.setRegisters(ProbeLayout.registers(for: mode))
        self.vcpu = vcpu
        self.vm = vm
        self.memory = memory
        self.mode = mode
    }

    private static func memory(code: [UInt8], _ mode: GuestMode) throws(KVMError) -> GuestMemory {
        do {
            let region = GuestMemory.Region(address: GuestPhysicalAddress(0), size: ProbeLayout.memorySize)
            let memory = try GuestMemory(regions: [region])
            for (address, bytes) in ProbeLayout.contents(for: mode) + [(ProbeLayout.code, code)] {
                try memory.write(bytes, at: GuestPhysicalAddress(address))
            }
            return memory
        } catch {
            throw KVMError(operation: "mmap", argument: "\(ProbeLayout.memorySize) bytes", cause: .refused("\(error)"))
        }
    }

    /// Runs until something happens, at most for ``longestRun``.
    mutating func run() throws(KVMError) -> ProbeExit {
        let (start, firstRun) = (Stopwatch.now, Stopwatch.processorTime)
        while true {
            let exit = try run(kickedAfter: Self.look)
            let isOver =
                Stopwatch.processorTime - firstRun >= Self.longestRun || Stopwatch.now - start >= Self.longestWait
            if exit != .stopped || isOver { return exit }
        }
    }

    /// Runs until something happens, or until it is kicked after this time.
    mutating func run(kickedAfter time: DispatchTimeInterval, _ notice: KickNotice? = nil) throws(KVMError) -> ProbeExit
    {
        let kicker = vcpu.kicker
        let kick = DispatchWorkItem {
            notice?.note()
            kicker.kick()
        }
        Self.watchdog.asyncAfter(deadline: .now() + time, execute: kick)
        defer { kick.cancel() }
        while true {
            switch try vcpu.run() {
            case .exit: return ProbeExit(of: &vcpu)
            case .kicked: return .stopped
            case .interrupted, .again, .completed: continue
            }
        }
    }

    /// Changes general registers.
    mutating func setRegisters(_ change: (inout Registers) -> Void) throws(KVMError) {
        var registers = try vcpu.registers()
        change(&registers)
        try vcpu.setRegisters(registers)
    }

    /// Changes special registers.
    mutating func setSpecialRegisters(_ change: (inout SpecialRegisters) -> Void) throws(KVMError) {
        var registers = try vcpu.specialRegisters()
        change(&registers)
        try vcpu.setSpecialRegisters(registers)
    }

    /// Makes STOSB write outside memory.
    mutating func aimOutsideMemory() throws(KVMError) {
        let isReal = mode == .real
        if isReal {
            try setSpecialRegisters {
                $0.es.base = ProbeLayout.outside
                $0.es.selector = UInt16(ProbeLayout.outside >> 4)
            }
        }
        try setRegisters { $0.rdi = isReal ? 0 : ProbeLayout.outside }
    }

    /// The pages written by the guest since the last call, by their numbers.
    func dirtyPages() throws(KVMError) -> [Int] {
        var bitmap = [UInt8](repeating: 0, count: try vm.dirtyLogSize(Self.slot))
        var span = bitmap.mutableSpan
        // SAFETY: every byte is a valid element.
        var bytes = unsafe span.mutableBytes
        try vm.dirtyLog(Self.slot, into: &bytes)
        return bitmap.indices.flatMap { byte in
            (0..<8).filter { bitmap[byte] >> UInt8($0) & 1 != 0 }.map { byte * 8 + $0 }
        }
    }
}
