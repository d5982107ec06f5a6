import CKVM

/// Segment, table and control registers (`struct kvm_sregs`, `struct kvm_sregs2`).
public struct SpecialRegisters: Hashable, Sendable {
    /// Code segment.
    public var cs = Segment()
    /// Data segment.
    public var ds = Segment()
    /// Extra segment.
    public var es = Segment()
    /// FS.
    public var fs = Segment()
    /// GS.
    public var gs = Segment()
    /// Stack segment.
    public var ss = Segment()
    /// Task register.
    public var tr = Segment()
    /// Local descriptor table register.
    public var ldt = Segment()
    /// Global descriptor table register.
    public var gdt = DescriptorTable()
    /// Interrupt descriptor table register.
    public var idt = DescriptorTable()
    /// CR0.
    public var cr0: UInt64 = 0
    /// CR2.
    public var cr2: UInt64 = 0
    /// CR3.
    public var cr3: UInt64 = 0
    /// CR4.
    public var cr4: UInt64 = 0
    /// CR8: the task priority.
    public var cr8: UInt64 = 0
    /// IA32_EFER.
    public var efer: UInt64 = 0
    /// IA32_APIC_BASE.
    public var apicBase: UInt64 = 0
    /// An interrupt that has been accepted but not delivered, as a set of one vector in 256 bits. Only `kvm_sregs` has
    /// it; ``VCPUEvents`` gives the same information.
    public var interruptBitmap = SIMD4<UInt64>()
    /// The page-directory pointers of PAE paging, as loaded with CR3. Only `kvm_sregs2` has them.
    public var pageDirectoryPointers: SIMD4<UInt64>?

    /// All registers zero.
    public init() {}

    /// Whether the processor uses PAE paging: CR0.PG and CR4.PAE without IA32_EFER.LMA (Intel SDM vol. 3, 4.1.1).
    var usesPageDirectoryPointers: Bool {
        cr0 & 1 << 31 != 0 && cr4 & 1 << 5 != 0 && efer & 1 << 10 == 0
    }
}

extension SpecialRegisters {
    init(_ sregs: kvm_sregs) {
        (cs, ds, es, fs) = (Segment(sregs.cs), Segment(sregs.ds), Segment(sregs.es), Segment(sregs.fs))
        (gs, ss, tr, ldt) = (Segment(sregs.gs), Segment(sregs.ss), Segment(sregs.tr), Segment(sregs.ldt))
        (gdt, idt) = (DescriptorTable(sregs.gdt), DescriptorTable(sregs.idt))
        (cr0, cr2, cr3, cr4, cr8) = (sregs.cr0, sregs.cr2, sregs.cr3, sregs.cr4, sregs.cr8)
        (efer, apicBase) = (sregs.efer, sregs.apic_base)
        let bitmap = sregs.interrupt_bitmap
        interruptBitmap = SIMD4(bitmap.0, bitmap.1, bitmap.2, bitmap.3)
    }

    var kernelValue: kvm_sregs {
        let bitmap = interruptBitmap
        return kvm_sregs(
            cs: cs.kernelValue,
            ds: ds.kernelValue,
            es: es.kernelValue,
            fs: fs.kernelValue,
            gs: gs.kernelValue,
            ss: ss.kernelValue,
            tr: tr.kernelValue,
            ldt: ldt.kernelValue,
            gdt: gdt.kernelValue,
            idt: idt.kernelValue,
            cr0: cr0,
            cr2: cr2,
            cr3: cr3,
            cr4: cr4,
            cr8: cr8,
            efer: efer,
            apic_base: apicBase,
            interrupt_bitmap: (bitmap[0], bitmap[1], bitmap[2], bitmap[3])
        )
    }

    init(_ sregs: kvm_sregs2) {
        (cs, ds, es, fs) = (Segment(sregs.cs), Segment(sregs.ds), Segment(sregs.es), Segment(sregs.fs))
        (gs, ss, tr, ldt) = (Segment(sregs.gs), Segment(sregs.ss), Segment(sregs.tr), Segment(sregs.ldt))
        (gdt, idt) = (DescriptorTable(sregs.gdt), DescriptorTable(sregs.idt))
        (cr0, cr2, cr3, cr4, cr8) = (sregs.cr0, sregs.cr2, sregs.cr3, sregs.cr4, sregs.cr8)
        (efer, apicBase) = (sregs.efer, sregs.apic_base)
        let pointers = sregs.pdptrs
        let areValid = sregs.flags & UInt64(KVM_SREGS2_FLAGS_PDPTRS_VALID) != 0
        pageDirectoryPointers = areValid ? SIMD4(pointers.0, pointers.1, pointers.2, pointers.3) : nil
    }

    var kernelValue2: kvm_sregs2 {
        let pointers = pageDirectoryPointers ?? SIMD4()
        return kvm_sregs2(
            cs: cs.kernelValue,
            ds: ds.kernelValue,
            es: es.kernelValue,
            fs: fs.kernelValue,
            gs: gs.kernelValue,
            ss: ss.kernelValue,
            tr: tr.kernelValue,
            ldt: ldt.kernelValue,
            gdt: gdt.kernelValue,
            idt: idt.kernelValue,
            cr0: cr0,
            cr2: cr2,
            cr3: cr3,
            cr4: cr4,
            cr8: cr8,
            efer: efer,
            apic_base: apicBase,
            flags: pageDirectoryPointers == nil ? 0 : UInt64(KVM_SREGS2_FLAGS_PDPTRS_VALID),
            pdptrs: (pointers[0], pointers[1], pointers[2], pointers[3])
        )
    }
}
