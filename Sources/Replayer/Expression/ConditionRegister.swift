internal import X86

/// A register, or a part of one, as an expression names it.
struct ConditionRegister: Hashable, Sendable {
    private let source: Source
    private let shift: UInt64
    private let mask: UInt64

    private enum Source: Hashable {
        case general(GeneralRegister)
        case rip, rflags, cr0, cr2, cr3, cr4, cr8, efer, privilege
        case selector(SegmentName)
        case base(SegmentName)
    }

    private enum SegmentName: String, CaseIterable {
        case cs, ds, es, fs, gs, ss
    }

    /// Finds the register with a name; nil if there is none.
    init?(_ name: String) {
        guard let found = Self.named[name.lowercased()] else { return nil }
        self = found
    }

    private init(_ source: Source, shift: UInt64 = 0, mask: UInt64 = .max) {
        (self.source, self.shift, self.mask) = (source, shift, mask)
    }

    /// Whether it is the whole of RIP.
    var isInstructionPointer: Bool { source == .rip && shift == 0 && mask == .max }

    func value(in state: ProcessorState) -> UInt64 {
        whole(in: state) >> shift & mask
    }

    private func whole(in state: ProcessorState) -> UInt64 {
        switch source {
        case .general(let register): state[register]
        case .rip: state.rip
        case .rflags: state.rflags
        case .cr0: state.control.cr0
        case .cr2: state.control.cr2
        case .cr3: state.control.cr3
        case .cr4: state.control.cr4
        case .cr8: state.control.cr8
        case .efer: state.control.efer
        case .privilege: UInt64(state.privilegeLevel)
        case .selector(let segment): UInt64(Self.segment(segment, state).selector)
        case .base(let segment): Self.segment(segment, state).base
        }
    }

    private static func segment(_ name: SegmentName, _ state: ProcessorState) -> ProcessorState.Segment {
        switch name {
        case .cs: state.segments.cs
        case .ds: state.segments.ds
        case .es: state.segments.es
        case .fs: state.segments.fs
        case .gs: state.segments.gs
        case .ss: state.segments.ss
        }
    }

    private static let named: [String: Self] = {
        var named: [String: Self] = [
            "rip": Self(.rip), "eip": Self(.rip, mask: 0xFFFF_FFFF), "ip": Self(.rip, mask: 0xFFFF),
            "rflags": Self(.rflags), "eflags": Self(.rflags, mask: 0xFFFF_FFFF), "cr0": Self(.cr0), "cr2": Self(.cr2),
            "cr3": Self(.cr3), "cr4": Self(.cr4), "cr8": Self(.cr8), "efer": Self(.efer), "cpl": Self(.privilege),
        ]
        for segment in SegmentName.allCases {
            named[segment.rawValue] = Self(.selector(segment))
            named["\(segment.rawValue).base"] = Self(.base(segment))
        }
        for register in GeneralRegister.allCases {
            let name = "\(register)"
            named[name] = Self(.general(register))
            let letters = String(name.dropFirst())
            guard register.rawValue < 8 else {
                named["\(name)d"] = Self(.general(register), mask: 0xFFFF_FFFF)
                named["\(name)w"] = Self(.general(register), mask: 0xFFFF)
                named["\(name)b"] = Self(.general(register), mask: 0xFF)
                continue
            }
            named["e\(letters)"] = Self(.general(register), mask: 0xFFFF_FFFF)
            named[letters] = Self(.general(register), mask: 0xFFFF)
            // AL, CL, DL, BL and AH, CH, DH, BH; SPL, BPL, SIL, DIL.
            let isLegacy = register.rawValue < 4
            named["\(isLegacy ? String(letters.prefix(1)) : letters)l"] = Self(.general(register), mask: 0xFF)
            if isLegacy { named["\(letters.prefix(1))h"] = Self(.general(register), shift: 8, mask: 0xFF) }
        }
        return named
    }()
}
