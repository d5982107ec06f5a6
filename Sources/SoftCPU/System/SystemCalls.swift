internal import CZydis
internal import X86

/// SYSCALL, SYSRET, SYSENTER, SYSEXIT, SWAPGS.
enum SystemCalls: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        for (mnemonic, handler) in [
            (ZYDIS_MNEMONIC_SYSCALL, systemCall), (ZYDIS_MNEMONIC_SYSENTER, systemEnter),
            (ZYDIS_MNEMONIC_SWAPGS, swapGS),
        ] {
            table[mnemonic] = {
                $0.emit(handler)
                $0.finish()
            }
        }
        for (mnemonic, handler) in [(ZYDIS_MNEMONIC_SYSRET, systemReturn), (ZYDIS_MNEMONIC_SYSEXIT, systemExit)] {
            table[mnemonic] = {
                // REX.W chooses a return to 64-bit code.
                let isWide = unsafe $0.decoded.instruction.raw.rex.W != 0
                $0.emit(handler, immediate: isWide ? 1 : 0)
                $0.finish()
            }
        }
    }
}

private let systemCall: Handler = {
    attemptAndLeave($0, $1) { cpu, operation throws(Fault) in
        try cpu.requireSystemCalls()
        let origin = cpu.origin(operation)
        guard cpu.isLongMode else {
            cpu.systemCallLegacy()
            cpu.noteCall(.systemCall, origin, isPushed: false)
            return
        }
        let star = cpu.state.modelSpecific[ModelSpecificRegister.star]
        let isLong = cpu.state.mode.contains(.long)
        let flags = cpu.flags
        cpu.state.general[1] = cpu.state.ip
        cpu.state.general[11] = flags & ~Flag.resume
        cpu.state.ip =
            cpu.state.modelSpecific[isLong ? ModelSpecificRegister.longStar : ModelSpecificRegister.longStar + 1]
        cpu.flags = flags & ~cpu.state.modelSpecific[ModelSpecificRegister.flagMask] & ~Flag.resume
        cpu.state.watching.trapsBehind = cpu.state.otherFlags & Flag.trap != 0
        cpu.setFlatSegments(UInt16(truncatingIfNeeded: star >> 32) & 0xFFFC, privilege: 0, longCode: true)
        cpu.noteCall(.systemCall, origin, isPushed: false)
    }
}

private let systemReturn: Handler = {
    attemptAndLeave($0, $1) { cpu, operation throws(Fault) in
        try cpu.requireSystemCalls()
        try cpu.requireSupervisor()
        let origin = cpu.origin(operation)
        let star = cpu.state.modelSpecific[ModelSpecificRegister.star]
        let selector = UInt16(truncatingIfNeeded: star >> 48)
        guard cpu.isLongMode else {
            cpu.state.ip = cpu.state.general[1] & 0xFFFF_FFFF
            cpu.state.otherFlags |= Flag.interrupt
            cpu.setFlatSegments(selector | 3, privilege: 3, longCode: false)
            cpu.noteReturn(.systemReturn, origin, isPopped: false)
            return
        }
        let isWide = operation.immediate != 0
        if isWide {
            guard cpu.isCanonical(cpu.state.general[1]) else { throw .protection() }
            cpu.state.ip = cpu.state.general[1]
        } else {
            cpu.state.ip = cpu.state.general[1] & 0xFFFF_FFFF
        }
        cpu.flags = cpu.state.general[11] & 0x3C_7FD7 & ~(Flag.resume | Flag.virtual8086)
        // With the flags of the caller comes the trap behind its SYSCALL.
        cpu.state.watching.trapsBehind = cpu.state.otherFlags & Flag.trap != 0
        cpu.setFlatSegments((isWide ? selector &+ 16 : selector) | 3, privilege: 3, longCode: isWide)
        cpu.state.segments[SegmentNumber.ss].selector = (selector &+ 8) | 3
        cpu.noteReturn(.systemReturn, origin, isPopped: false)
    }
}

private let systemEnter: Handler = {
    attemptAndLeave($0, $1) { cpu, operation throws(Fault) in
        let origin = cpu.origin(operation)
        let selector = cpu.state.modelSpecific[ModelSpecificRegister.sysenterCS]
        let isLong = cpu.isLongMode
        if isLong, cpu.has(.systemEnterNeedsLegacy) { throw .invalidOpcode }
        guard cpu.isProtected, selector & 0xFFFC != 0 else { throw .protection() }
        let mask: UInt64 = isLong ? ~0 : 0xFFFF_FFFF
        cpu.state.otherFlags &= ~(Flag.virtual8086 | Flag.interrupt | Flag.resume)
        cpu.state.ip = cpu.state.modelSpecific[ModelSpecificRegister.sysenterEIP] & mask
        cpu.state.general[4] = cpu.state.modelSpecific[ModelSpecificRegister.sysenterESP] & mask
        cpu.setFlatSegments(UInt16(truncatingIfNeeded: selector) & 0xFFFC, privilege: 0, longCode: isLong)
        cpu.noteCall(.systemCall, origin, isPushed: false)
    }
}

private let systemExit: Handler = {
    attemptAndLeave($0, $1) { cpu, operation throws(Fault) in
        let selector = UInt16(truncatingIfNeeded: cpu.state.modelSpecific[ModelSpecificRegister.sysenterCS])
        guard cpu.isProtected, cpu.state.privilege == 0 else { throw .protection() }
        // Behind the check of the level: so does Zen 5.
        if cpu.isLongMode, cpu.has(.systemEnterNeedsLegacy) { throw .invalidOpcode }
        guard selector & 0xFFFC != 0 else { throw .protection() }
        let isWide = operation.immediate != 0 && cpu.isLongMode
        let origin = cpu.origin(operation)
        let target = cpu.state.general[2]
        let pointer = cpu.state.general[1]
        if isWide {
            guard cpu.isCanonical(target), cpu.isCanonical(pointer) else { throw .protection() }
        }
        let mask: UInt64 = isWide ? ~0 : 0xFFFF_FFFF
        cpu.state.ip = target & mask
        cpu.state.general[4] = pointer & mask
        cpu.setFlatSegments((selector &+ (isWide ? 32 : 16)) | 3, privilege: 3, longCode: isWide)
        cpu.noteReturn(.systemReturn, origin, isPopped: false)
    }
}

private let swapGS: Handler = {
    attemptAndLeave($0, $1) { cpu, _ throws(Fault) in
        guard cpu.state.mode.contains(.long) else { throw .invalidOpcode }
        try cpu.requireSupervisor()
        let base = cpu.state.segments[SegmentNumber.gs].base
        cpu.state.segments[SegmentNumber.gs].base = cpu.state.modelSpecific[ModelSpecificRegister.kernelGSBase]
        cpu.state.modelSpecific[ModelSpecificRegister.kernelGSBase] = base
    }
}

extension CPU {
    /// What SYSCALL and SYSRET ask of the mode.
    fileprivate func requireSystemCalls() throws(Fault) {
        guard state.efer & EFER.systemCall != 0, isProtected else { throw .invalidOpcode }
        if has(.systemCallsNeedLongCode), !state.mode.contains(.long) { throw .invalidOpcode }
    }

    /// SYSCALL outside long mode, as AMD has it.
    fileprivate func systemCallLegacy() {
        let star = state.modelSpecific[ModelSpecificRegister.star]
        state.general[1] = state.ip
        state.ip = star & 0xFFFF_FFFF
        state.otherFlags &= ~(Flag.virtual8086 | Flag.interrupt | Flag.resume)
        setFlatSegments(UInt16(truncatingIfNeeded: star >> 32) & 0xFFFC, privilege: 0, longCode: false)
    }

    /// Sets CS, and SS eight behind it, as system calls do: flat, whatever the tables say.
    fileprivate func setFlatSegments(_ selector: UInt16, privilege: UInt8, longCode: Bool) {
        let level = UInt32(privilege) << 5
        state.segments[SegmentNumber.cs] = ProcessorState.Segment(
            base: 0,
            limit: 0xFFFF_FFFF,
            selector: selector,
            accessRights: 0x809B | level | (longCode ? 1 << 13 : 1 << 14)
        )
        state.segments[SegmentNumber.ss] = ProcessorState.Segment(
            base: 0,
            limit: 0xFFFF_FFFF,
            selector: selector &+ 8,
            accessRights: 0xC093 | level
        )
        state.privilege = privilege
        updateMode()
    }
}
