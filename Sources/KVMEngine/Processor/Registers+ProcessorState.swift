internal import Engine
internal import KVMCore
internal import X86

// Member by member. A table of key paths would be shorter, but would take most of the time of reading a state.

extension Registers {
    /// RAX to R15 in the order of ``ProcessorState/general``.
    var general: [UInt64] {
        get { [rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15] }
        set {
            (rax, rcx, rdx, rbx) = (newValue[0], newValue[1], newValue[2], newValue[3])
            (rsp, rbp, rsi, rdi) = (newValue[4], newValue[5], newValue[6], newValue[7])
            (r8, r9, r10, r11) = (newValue[8], newValue[9], newValue[10], newValue[11])
            (r12, r13, r14, r15) = (newValue[12], newValue[13], newValue[14], newValue[15])
        }
    }
}

extension SpecialRegisters {
    /// The segment registers.
    var segments: ProcessorState.Segments {
        get {
            var segments = ProcessorState.Segments()
            (segments.cs, segments.ds, segments.es) = (.init(cs), .init(ds), .init(es))
            (segments.fs, segments.gs, segments.ss) = (.init(fs), .init(gs), .init(ss))
            (segments.tr, segments.ldt) = (.init(tr), .init(localTable: ldt))
            return segments
        }
        set {
            (cs, ds, es) = (.init(newValue.cs), .init(newValue.ds), .init(newValue.es))
            (fs, gs, ss) = (.init(newValue.fs), .init(newValue.gs), .init(newValue.ss))
            (tr, ldt) = (.init(newValue.tr), .init(newValue.ldt))
        }
    }

    /// The control registers except XCR0, which is elsewhere.
    var control: ProcessorState.ControlRegisters {
        get {
            var control = ProcessorState.ControlRegisters()
            (control.cr0, control.cr2, control.cr3, control.cr4, control.cr8) = (cr0, cr2, cr3, cr4, cr8)
            (control.efer, control.apicBase) = (efer, apicBase)
            if let pointers = pageDirectoryPointers { control.pageDirectoryPointers = (0..<4).map { pointers[$0] } }
            return control
        }
        set {
            (cr0, cr2, cr3, cr4, cr8) = (newValue.cr0, newValue.cr2, newValue.cr3, newValue.cr4, newValue.cr8)
            (efer, apicBase) = (newValue.efer, newValue.apicBase)
            let pointers = newValue.pageDirectoryPointers
            let isAbsent = pointers.allSatisfy { $0 == 0 }
            pageDirectoryPointers = isAbsent ? nil : SIMD4(pointers[0], pointers[1], pointers[2], pointers[3])
        }
    }
}
