internal import Engine
internal import KVMCore
internal import X86

/// The memory layout of a probe's guest, and the registers that go with it.
///
/// Everything is mapped at its physical address in all modes.
enum ProbeLayout {
    static let memorySize: UInt64 = 512 << 10
    /// A mapped address that no memory answers, in all modes.
    static let outside: UInt64 = 0xF_0000

    static let code: UInt64 = 0x1000
    static let pageTables: UInt64 = 0x2000
    static let interruptTable: UInt64 = 0x5000
    static let descriptorTable: UInt64 = 0x6000
    static let taskState: UInt64 = 0x6100
    static let interruptHandler: UInt64 = 0x7000
    static let faultHandler: UInt64 = 0x7100
    /// With the I/O permission bitmap, and without.
    static let taskStateLimit: UInt32 = 0x88
    static let closedTaskStateLimit: UInt32 = 0x67
    /// What RSI points to: data that every tried instruction can use.
    static let source: UInt64 = 0x8000
    /// What RDI points to.
    static let target: UInt64 = 0x9000
    /// 32-bit paging: a directory with one page of 4 MiB. PAE paging: pointers to the last of ``pageTables``.
    static let directory32: UInt64 = 0xA000
    static let pointersPAE: UInt64 = 0xB000
    static let kernelStack: UInt64 = 0xD000
    static let stack: UInt64 = 0xF000

    /// The interrupt that probes inject and INT n raises.
    static let vector: UInt8 = 0x30
    static let breakpointVector = 3
    static let exceptionVectors = 32

    enum Selector {
        static let code64: UInt16 = 0x08
        static let data: UInt16 = 0x10
        static let userData: UInt16 = 0x1B
        static let userCode64: UInt16 = 0x23
        static let taskState: UInt16 = 0x28
        static let code32: UInt16 = 0x38
    }
}

extension ProbeLayout {
    static func registers(for mode: GuestMode) -> Registers {
        var registers = Registers()
        registers.rip = code
        registers.rsp = stack
        registers.rsi = source
        registers.rdi = target
        registers.rax = 0x2000
        // An I/O privilege level of 3.
        if mode == .ring3 { registers.rflags |= 0x3000 }
        return registers
    }

    static func specialRegisters(for mode: GuestMode, from reset: SpecialRegisters) -> SpecialRegisters {
        var special = reset
        special.idt = DescriptorTable(base: 0, limit: 0x3FF)
        special.cs.base = 0
        special.cs.selector = 0
        guard mode != .real else { return special }

        special.idt = DescriptorTable(base: interruptTable, limit: 0xFFF)
        special.gdt = DescriptorTable(base: descriptorTable, limit: 0x3F)
        special.cr0 = 0x33  // PE, MP, ET, NE
        special.cr4 = 0x600  // OSFXSR, OSXMMEXCPT
        let isLong = mode != .protected32
        let ring: UInt8 = mode == .ring3 ? 3 : 0
        if isLong {
            special.cr0 |= 1 << 31  // PG
            special.cr3 = pageTables
            special.cr4 |= 1 << 5  // PAE
            special.efer = 0x501  // SCE, LME, LMA
        }
        special.cs = Segment(
            limit: .max,
            selector: isLong ? (ring == 3 ? Selector.userCode64 : Selector.code64) : Selector.code32,
            type: 11,
            privilegeLevel: ring,
            isDefault32: !isLong,
            isLong: isLong,
            isPageGranular: true
        )
        let data = Segment(
            limit: .max,
            selector: ring == 3 ? Selector.userData : Selector.data,
            type: 3,
            privilegeLevel: ring,
            isDefault32: true,
            isPageGranular: true
        )
        (special.ds, special.es, special.fs, special.gs, special.ss) = (data, data, data, data, data)
        special.tr = Segment(
            base: taskState,
            limit: taskStateLimit,
            selector: Selector.taskState,
            type: 11,
            isCodeOrData: false
        )
        return special
    }
}
