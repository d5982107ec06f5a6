import KVMCore
import Testing
import X86

/// One vCPU with 64 KiB of memory from address 0, in real mode, about to execute a few hand-assembled bytes.
struct TinyGuest: ~Copyable {
    static let memorySize = 0x10000
    static let slot = MemorySlot(0)
    /// Where the code is.
    static let start: UInt64 = 0x1000
    /// The top of the stack.
    static let stack: UInt64 = 0x8000

    // Declared in the order in which they are given back.
    var vcpu: VCPU
    var vm: VM
    let memory: GuestMemory

    init(
        _ code: [UInt8],
        flags: MemoryFlags = [],
        host: HostCalls = .real,
        prepare: (inout VM) throws -> Void = { _ in }
    ) throws {
        memory = GuestMemory(size: Self.memorySize)
        memory.write(code, at: Int(Self.start))
        var vm = try KVMSystem.open(path: KVMSystem.devicePath, host: host).createVM()
        try prepare(&vm)
        // SAFETY: the memory is given back after the VM.
        try unsafe vm.setMemoryRegion(
            Self.slot,
            guestAddress: GuestPhysicalAddress(0),
            hostMemory: memory.address,
            size: UInt64(memory.size),
            flags: flags
        )
        var vcpu = try vm.createVCPU(id: 0)
        try Self.enterRealMode(&vcpu)
        self.vm = vm
        self.vcpu = vcpu
    }

    /// Segments at zero, execution at ``start``.
    static func enterRealMode(_ vcpu: inout VCPU) throws {
        var special = try vcpu.specialRegisters()
        special.cs.base = 0
        special.cs.selector = 0
        try vcpu.setSpecialRegisters(special)
        var registers = Registers()
        registers.rip = start
        registers.rsp = stack
        try vcpu.setRegisters(registers)
    }

    /// Flat 32-bit segments at ring 0, an empty IDT, execution at ``start``.
    static func enterProtectedMode(_ vcpu: inout VCPU) throws {
        var special = try vcpu.specialRegisters()
        special.cr0 |= 1
        special.cs = Segment(
            limit: .max,
            selector: 8,
            type: 11,
            isDefault32: true,
            isPageGranular: true
        )
        let data = Segment(limit: .max, selector: 16, type: 3, isDefault32: true, isPageGranular: true)
        (special.ds, special.es, special.fs, special.gs, special.ss) = (data, data, data, data, data)
        special.idt = DescriptorTable()
        try vcpu.setSpecialRegisters(special)
    }

    /// Runs until an exit, whatever signals come.
    mutating func runToExit() throws {
        var outcome = try vcpu.run()
        while outcome == .interrupted || outcome == .again { outcome = try vcpu.run() }
        try #require(outcome == .exit)
    }

    /// Runs until HLT, and fails at any other exit.
    mutating func runToHalt() throws {
        try runToExit()
        #expect(try summary() == "halt")
    }

    /// The present exit in words, for comparison.
    mutating func summary() throws -> String { ExitSummary.text(of: vcpu.exit) }
}
