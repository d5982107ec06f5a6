public import Engine
public import GuestMemory
internal import KVMCore
public import X86

/// A virtual processor under Linux KVM, in a virtual machine of its own.
public struct KVMProcessor: EngineProcessor, ~Copyable {
    // Declared in the order in which they are released: the memory must outlive the machine that uses it.
    var vcpu: VCPU
    var vm: VM
    /// The memory that it executes in.
    public let memory: GuestMemory

    /// The model-specific registers that are part of its state.
    public let modelSpecificRegisters: [UInt32]
    /// What CPUID tells the guest: KVM's own answer after the profile was set, which may force bits on or off.
    public let cpuid: [CPUIDEntry]

    /// The first of the private ports by which patched code traps, if the guest's code may be patched.
    let trapBasePort: UInt8?
    /// Those ports; empty if the guest's code may not be patched.
    let trapPorts: Range<UInt16>
    let extendedLayout: ExtendedStateLayout
    var access = PendingAccess.none
    /// An exit that came while the one before it was completed. ``run()`` returns it next.
    var held: Exit?
    /// Whether an interrupt was injected since the guest last ran. The run page's readiness flag is out of date then.
    var hasUntakenInterrupt = false
    /// Whether the processor stops after each instruction.
    var isStepping = false
    /// What the next runs bring back besides the general registers, because it is often needed after one.
    var specialRegisterNeeds = RecurringNeed()
    var stateNeeds = RecurringNeed()
    /// Whether that may change with the next run.
    var choosesRegisters = true
    /// The instructions that were completed for this host, and how often.
    public internal(set) var completed: [CompletedInstruction: UInt64] = [:]
    private var dirtyBitmaps: [[UInt64]]
    /// Whether KVM counts a page as written until it is cleared explicitly.
    let clearsDirtyPages: Bool
    /// The memory slots in which the guest finds its memory.
    var slots: [Slot] = []
    /// Whether it was shut down since a state was set.
    var isShutDown = false
    /// Whether address line 20 is masked.
    var masksAddressLine20 = false
    /// IA32_APIC_BASE, and the value that the last exit, a WRMSR, gives it unless it is refused.
    var apicBase = LocalAPICBase.reset
    var writtenAPICBase: LocalAPICBase?

    /// Makes a machine with one processor that has been reset.
    ///
    /// - Parameters:
    ///   - regions: the guest-physical memory.
    ///   - profile: what the guest is told about the processor.
    ///   - modelSpecificRegisters: the registers to keep with the state, as a trace names them; nil for all of
    ///     ``SavedRegisters`` that this host has.
    ///   - trapBasePort: the port that ``CodePatcher`` chose for the guest's code.
    public static func make(
        regions: [GuestMemory.Region],
        profile: ProcessorProfile,
        modelSpecificRegisters: [UInt32]? = nil,
        trapBasePort: UInt8? = nil
    ) throws(EngineError) -> Self {
        try make(
            regions: regions,
            profile: profile,
            modelSpecificRegisters: modelSpecificRegisters,
            trapBasePort: trapBasePort,
            host: .real
        )
    }

    /// The same, with host calls that a test may watch and make fail.
    static func make(
        regions: [GuestMemory.Region],
        profile: ProcessorProfile,
        modelSpecificRegisters: [UInt32]? = nil,
        trapBasePort: UInt8? = nil,
        host: HostCalls
    ) throws(EngineError) -> Self {
        let memory: GuestMemory
        do { memory = try GuestMemory(regions: regions) } catch { throw .memory(error) }
        do {
            return try make(memory, profile, modelSpecificRegisters, trapBasePort, host)
        } catch {
            throw .kvm(error)
        }
    }

    private static func make(
        _ memory: GuestMemory,
        _ profile: ProcessorProfile,
        _ modelSpecificRegisters: [UInt32]?,
        _ trapBasePort: UInt8?,
        _ host: HostCalls
    ) throws(KVMError) -> Self {
        let system = try KVMSystem.open(path: KVMSystem.devicePath, host: host)
        var vm = try system.createVM()
        let clearsDirtyPages = try vm.check(.manualDirtyLogProtect2) & 1 != 0
        if clearsDirtyPages { try vm.enable(.manualDirtyLogProtect2, 1) }
        // Processors without unrestricted guest mode (Intel SDM vol. 3, 25.3.1.1) run real mode in a task of their own,
        // which needs these pages. They are below the firmware's 16 MiB and above RAM.
        try vm.setIdentityMapAddress(GuestPhysicalAddress(0xFEFF_C000))
        try vm.setTSSAddress(GuestPhysicalAddress(0xFEFF_D000))
        try vm.setUserSpaceMSRExits([.filter, .unknown, .invalid])
        var vcpu = try vm.createVCPU(id: 0)
        try vcpu.setCPUID(profile.cpuid)
        vcpu.synchronizedRegisters = .general
        let cpuid = try vcpu.cpuid()
        let layout = ExtendedStateLayout(cpuid: try system.supportedCPUID())
        let registers = modelSpecificRegisters ?? SavedRegisters.present(in: vcpu)
        try vm.setMSRFilter(SavedRegisters.filter(saving: registers))
        var processor = Self(
            vcpu: vcpu,
            vm: vm,
            memory: memory,
            modelSpecificRegisters: registers,
            cpuid: cpuid,
            trapBasePort: trapBasePort,
            extendedLayout: layout,
            clearsDirtyPages: clearsDirtyPages
        )
        try processor.lendMemory(Slot.layout(of: memory.regions, masksAddressLine20: false))
        return processor
    }

    private init(
        vcpu: consuming VCPU,
        vm: consuming VM,
        memory: GuestMemory,
        modelSpecificRegisters: [UInt32],
        cpuid: [CPUIDEntry],
        trapBasePort: UInt8?,
        extendedLayout: ExtendedStateLayout,
        clearsDirtyPages: Bool
    ) {
        self.vcpu = vcpu
        self.vm = vm
        self.memory = memory
        self.modelSpecificRegisters = modelSpecificRegisters
        self.cpuid = cpuid
        self.trapBasePort = trapBasePort
        trapPorts = trapBasePort.map { TrapCode.ports(from: $0) } ?? 0..<0
        self.extendedLayout = extendedLayout
        self.clearsDirtyPages = clearsDirtyPages
        dirtyBitmaps = memory.regions.map { region in
            let pages = Int(region.size) / GuestMemory.pageSize
            return [UInt64](repeating: 0, count: region.isReadOnly ? 0 : (pages + 63) / 64)
        }
    }

    /// Opens once what this process needs to make machines. After that it may give up the right to open files.
    public static func keepHostOpen() {
        KVMSystem.keepOpen()
        // This too is read only once.
        _ = HostIdentity.current
    }

    /// The profile ``ProcessorProfile/host(supported:)`` of this host.
    public static func hostProfile() throws(EngineError) -> ProcessorProfile {
        do {
            return .host(supported: try KVMSystem.open().supportedCPUID())
        } catch {
            throw .kvm(error)
        }
    }
}

// MARK: State

extension KVMProcessor {
    /// The registers of a state that come from the run page.
    static let stateRegisters: SyncedRegisterSets = [.general, .special, .events]

    /// The whole state; the pending access must be complete.
    public mutating func state() throws(EngineError) -> ProcessorState {
        do {
            try bringStateBack()
            let kvm = try vcpu.saveState(msrs: modelSpecificRegisters.map { MSRNumber($0) })
            var state = ProcessorState(kvm, layout: extendedLayout)
            state.masksAddressLine20 = masksAddressLine20
            return state
        } catch {
            throw .kvm(error)
        }
    }

    /// What decides how the next instruction executes; see ``DebuggableProcessor/executionState()``.
    public mutating func executionState() throws(EngineError) -> ProcessorState {
        do {
            try bringStateBack()
            let special = vcpu.syncedSpecialRegisters
            return ProcessorState(vcpu.syncedRegisters, special, try vcpu.debugRegisters(), vcpu.syncedEvents)
        } catch {
            throw .kvm(error)
        }
    }

    /// Brings the registers that a state takes from the run page there.
    private mutating func bringStateBack() throws(KVMError) {
        stateNeeds.arise()
        choosesRegisters = true
        guard vcpu.freshRegisters != Self.stateRegisters || !access.isNone else { return }
        // One run that executes nothing brings back what would take three calls.
        vcpu.synchronizedRegisters = Self.stateRegisters
        _ = try vcpu.completePendingExit()
    }

    /// More accesses than one instruction makes: a misaligned PUSHA, byte by byte, and a few to spare.
    private static let mostAccesses = 64

    /// Sets the whole state and forgets any pending access.
    public mutating func restore(_ state: ProcessorState) throws(EngineError) {
        (held, access, writtenAPICBase, hasUntakenInterrupt) = (nil, .none, nil, false)
        do {
            var accessesLeft = Self.mostAccesses
            while try vcpu.completePendingExit() == .exit, accessesLeft > 0 { accessesLeft -= 1 }
            var kvmState = try vcpu.saveState(msrs: [])
            try kvmState.set(state, layout: extendedLayout)
            if isShutDown { try loadPagingAgain(before: kvmState.specialRegisters) }
            try vcpu.restoreState(kvmState)
            apicBase = LocalAPICBase(rawValue: state.control.apicBase)
            try maskAddressLine20(state.masksAddressLine20)
            // The run page still holds the registers and the readiness of the old state.
            _ = try vcpu.completePendingExit()
        } catch let error as KVMError {
            throw .kvm(error)
        } catch let error as EngineError {
            throw error
        } catch {
            throw .hostLacks("\(error)")
        }
    }

    /// Has KVM load its page tables again: kvm_amd clears the VMCB at a shutdown (`shutdown_interception` in Linux 6.1) and with
    /// it their root, which it loads only when CR0 changes. Without that, KVM_RUN of a guest in real mode executes nothing.
    private mutating func loadPagingAgain(before registers: SpecialRegisters) throws(KVMError) {
        var others = registers
        others.control.cr0 ^= 1 << 16  // WP: may be set or clear in every mode
        try vcpu.setSpecialRegisters(others)
        isShutDown = false
    }

    /// The pages written since the last call; see ``Processor/takeDirtyPages(expecting:)``.
    public mutating func takeDirtyPages(
        expecting hot: Set<GuestPhysicalAddress>
    ) throws(EngineError) -> [GuestPhysicalAddress] {
        if masksAddressLine20 {
            do { try noteMaskedWrites() } catch { throw .kvm(error) }
            return memory.takeHostWrites().sorted()
        }
        var pages = memory.takeHostWrites()
        for (index, region) in memory.regions.enumerated() where !region.isReadOnly {
            do { try updateDirtyBitmap(index, region, expecting: hot) } catch { throw .kvm(error) }
            for (word, bits) in dirtyBitmaps[index].enumerated() where bits != 0 {
                var rest = bits
                while rest != 0 {
                    let page = UInt64(word * 64 + rest.trailingZeroBitCount)
                    pages.insert(GuestPhysicalAddress(region.address.rawValue + page * UInt64(GuestMemory.pageSize)))
                    rest &= rest - 1
                }
            }
        }
        return pages.sorted()
    }

    /// Asks KVM which pages of a region were written, and makes it detect the next write to each of them except the hot
    /// ones.
    private mutating func updateDirtyBitmap(
        _ index: Int,
        _ region: GuestMemory.Region,
        expecting hot: Set<GuestPhysicalAddress>
    ) throws(KVMError) {
        let slot = MemorySlot(UInt32(index))
        var span = dirtyBitmaps[index].mutableSpan
        // SAFETY, here and below: every bit pattern is a valid UInt64.
        var bytes = unsafe span.mutableBytes
        try vm.dirtyLog(slot, into: &bytes)
        guard clearsDirtyPages, dirtyBitmaps[index].contains(where: { $0 != 0 }) else { return }
        var cleared = dirtyBitmaps[index]
        for address in hot where address >= region.address && address.rawValue - region.address.rawValue < region.size {
            let page = Int((address.rawValue - region.address.rawValue) / UInt64(GuestMemory.pageSize))
            cleared[page / 64] &= ~(1 << UInt64(page % 64))
        }
        let pages = UInt32(region.size / UInt64(GuestMemory.pageSize))
        try unsafe vm.clearDirtyLog(slot, pages: pages, bitmap: cleared.span.bytes)
    }

    /// Stops ``run()`` from another thread.
    public var kicker: ProcessorKicker {
        let kicker = vcpu.kicker
        return ProcessorKicker { kicker.kick() }
    }
}
