internal import X86

/// An area in memory that FXSAVE or XSAVE uses.
struct StateArea {
    /// Linear address.
    var address: UInt64
    /// It is in the stack segment.
    var isStack: Bool
}

extension CPU {
    /// Bits of MXCSR that exist: exceptions and their masks, rounding, DAZ and FTZ, and MM if the processor has it.
    var mxcsrMask: UInt32 { has(.misalignedVectors) ? 0xFFFF | MXCSR.misaligned : 0xFFFF }

    /// A value for MXCSR; #GP(0) where a reserved bit is set.
    func checkedMXCSR(_ value: UInt32) throws(Fault) -> UInt32 {
        guard value & ~mxcsrMask == 0 else { throw .protection() }
        return value
    }

    /// Throws where an instruction of XSAVE's is not available (Intel SDM vol. 1, 13.2 and 13.3).
    func requireXSAVE(_ form: SaveForm) throws(Fault) {
        guard state.cr4 & CR4.xsave != 0 else { throw .invalidOpcode }
        switch form {
        case .standard: break
        case .optimised: guard showsXSAVE(bit: 0) else { throw .invalidOpcode }
        case .compacted: guard showsXSAVE(bit: 1) else { throw .invalidOpcode }
        }
        guard state.cr0 & CR0.taskSwitched == 0 else { throw .deviceNotAvailable }
    }

    /// Whether CPUID shows an extension of XSAVE: a bit of EAX of leaf 0Dh, subleaf 1.
    func showsXSAVE(bit: UInt32) -> Bool {
        around.configuration.cpuid.contains { $0.function == 0xD && $0.index == 1 && $0.eax >> bit & 1 != 0 }
    }

    /// The area that an operation names, whose bytes can all be accessed.
    func stateArea(_ operation: Operation, size: Int, alignment: UInt64, write: Bool) throws(Fault) -> StateArea {
        let offset =
            (linearAddress(operation) &+ UInt64(bitPattern: operation.immediate)) & UInt64(bitPattern: operation.extra)
        let segment = Int(operation.source)
        let address = try segmentAddress(segment, offset, size: size, write: write)
        let isStack = segment == SegmentNumber.ss
        if isStack, has(.stackFaultsBeforeAlignment), !isCanonical(address) { throw .stack() }
        guard address & (alignment - 1) == 0 else { throw .protection() }
        // The last byte is looked at first, as by Intel's processors: its address is what a page fault names.
        for place in [size - 1, 0] {
            if write {
                try probeWrite(address &+ UInt64(place), size: 1, stack: isStack)
            } else {
                _ = try read(address &+ UInt64(place), size: 1, stack: isStack)
            }
        }
        return StateArea(address: address, isStack: isStack)
    }

    private func load(_ area: StateArea, _ word: Int) throws(Fault) -> UInt64 {
        try read(area.address &+ UInt64(8 * word), size: 8, stack: area.isStack)
    }

    private func store(_ value: UInt64, _ area: StateArea, _ word: Int) throws(Fault) {
        try write(area.address &+ UInt64(8 * word), size: 8, value, stack: area.isStack)
    }

    /// XMM registers that code of this mode has.
    private var vectorCount: Int { state.mode.contains(.long) ? 16 : 8 }

    private func storeX87(_ area: StateArea, isWide: Bool) throws(Fault) {
        var image = LegacyArea(repeating: 0)
        state.vector.storeX87(&image, isWide: isWide)
        for word in 0..<20 where word != 3 { try store(image[word], area, word) }
    }

    private func storeMXCSR(_ area: StateArea) throws(Fault) {
        try store(UInt64(state.vector.mxcsr) | UInt64(mxcsrMask) << 32, area, 3)
    }

    private func storeVectors(_ area: StateArea) throws(Fault) {
        for word in 0..<2 * vectorCount { try store(state.vector.xmm[word], area, 20 + word) }
    }

    private func loadLegacy(_ area: StateArea) throws(Fault) -> LegacyArea {
        var image = LegacyArea(repeating: 0)
        for word in 0..<52 { image[word] = try load(area, word) }
        return image
    }

    private func loadVectors(_ image: LegacyArea) {
        for word in 0..<2 * vectorCount { state.vector.xmm[word] = image[20 + word] }
    }

    /// Whether FXSAVE and FXRSTOR leave XMM registers out: EFER.FFXSR, in 64-bit code at privilege level 0 (AMD APM vol. 2,
    /// 3.1.7).
    private var isFast: Bool {
        state.efer & EFER.fastFXSave != 0 && state.mode.contains(.long) && state.privilege == 0
    }

    /// FXSAVE. Without CR4.OSFXSR it leaves MXCSR and XMM registers out.
    func saveLegacy(_ area: StateArea, isWide: Bool) throws(Fault) {
        try storeX87(area, isWide: isWide)
        guard state.cr4 & CR4.fxsave != 0 else { return }
        try storeMXCSR(area)
        if !isFast { try storeVectors(area) }
    }

    /// FXRSTOR.
    func restoreLegacy(_ area: StateArea, isWide: Bool) throws(Fault) {
        let image = try loadLegacy(area)
        if state.cr4 & CR4.fxsave != 0 {
            state.vector.mxcsr = try checkedMXCSR(UInt32(truncatingIfNeeded: image[3]))
            if !isFast { loadVectors(image) }
        }
        state.vector.loadX87(image, isWide: isWide)
        settleX87Pointers()
    }

    /// The components that EDX:EAX asks for and XCR0 has.
    private var requested: StateComponents { StateComponents(rawValue: registerPair & state.xcr0) }

    /// XSAVE, XSAVEOPT and XSAVEC (Intel SDM vol. 1, 13.7, 13.9 and 13.10). Nothing is left out because it has not been modified
    /// since it was restored: the manual lets a processor do so, and memory is the same unless the guest has changed it.
    func saveExtended(_ area: StateArea, _ form: SaveForm, isWide: Bool) throws(Fault) {
        let requested = requested
        var used = state.vector.used.intersection(requested)
        let isCompacted = form == .compacted
        if isCompacted, requested.contains(.sse), state.vector.mxcsr != VectorRegisters().mxcsr { used.insert(.sse) }
        let old = try isCompacted ? 0 : load(area, 64)
        let saved = form == .standard ? requested : used
        if saved.contains(.x87) { try storeX87(area, isWide: isWide) }
        if isCompacted ? saved.contains(.sse) : requested.contains(.sse) { try storeMXCSR(area) }
        if saved.contains(.sse) { try storeVectors(area) }
        try store(old & ~requested.rawValue | used.rawValue, area, 64)
        if isCompacted { try store(requested.rawValue | 1 << 63, area, 65) }
    }

    /// XRSTOR (Intel SDM vol. 1, 13.8).
    func restoreExtended(_ area: StateArea, isWide: Bool) throws(Fault) {
        let requested = requested
        let image = try loadLegacy(area)
        let present = try load(area, 64)
        let layout = try load(area, 65)
        let isCompacted = layout >> 63 != 0
        if isCompacted {
            guard showsXSAVE(bit: 1), layout & ~(1 << 63) & ~state.xcr0 == 0, present & ~layout == 0 else {
                throw .protection()
            }
            for word in 66..<72 where try load(area, word) != 0 { throw .protection() }
        } else {
            guard layout == 0, try load(area, 66) == 0, present & ~state.xcr0 == 0 else { throw .protection() }
        }
        let loaded = requested.intersection(StateComponents(rawValue: present))
        if requested.contains(.sse) {
            let isReset = isCompacted && !loaded.contains(.sse)
            state.vector.mxcsr = isReset ? 0x1F80 : try checkedMXCSR(UInt32(truncatingIfNeeded: image[3]))
            loadVectors(loaded.contains(.sse) ? image : LegacyArea(repeating: 0))
        }
        if requested.contains(.x87) {
            if loaded.contains(.x87) { state.vector.loadX87(image, isWide: isWide) } else { state.vector.resetX87() }
            settleX87Pointers()
        }
    }
}
