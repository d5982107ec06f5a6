import CKVM
import X86

extension VCPU {
    /// Why the last run left the guest; valid after ``RunOutcome/exit``.
    ///
    /// Looking at it changes nothing, so it may be looked at again until the next run. Its spans are valid during the
    /// `switch` over it. The vCPU cannot be used for anything else meanwhile, so call methods such as
    /// ``answerMSRRead(_:)`` after the `switch`.
    public var exit: VCPUExit {
        @_lifetime(&self)
        mutating get {
            // SAFETY (all of this file): the run page is mapped while this value lives, payload accessors point into
            // it, and the exit reason says that the kernel has filled the member that is read.
            let reason = unsafe runPage.pointee.exit_reason
            switch Int32(truncatingIfNeeded: reason) {
            case KVM_EXIT_IO: return portExit()
            case KVM_EXIT_MMIO: return memoryExit()
            case KVM_EXIT_HLT: return .halt
            case KVM_EXIT_X86_RDMSR, KVM_EXIT_X86_WRMSR: return msrExit(isRead: reason == UInt32(KVM_EXIT_X86_RDMSR))
            case KVM_EXIT_IRQ_WINDOW_OPEN: return .interruptWindowOpen
            case KVM_EXIT_INTR: return .interrupted
            case KVM_EXIT_DEBUG: return .debug(debugExit())
            case KVM_EXIT_SHUTDOWN: return .shutdown
            case KVM_EXIT_DIRTY_RING_FULL: return .dirtyRingFull
            case KVM_EXIT_INTERNAL_ERROR: return internalErrorExit()
            case KVM_EXIT_FAIL_ENTRY:
                let payload = unsafe ckvm_run_fail_entry(runPage).pointee
                return .entryFailure(hardwareReason: payload.hardware_entry_failure_reason, hostCPU: payload.cpu)
            case KVM_EXIT_UNKNOWN:
                return .unknown(hardwareReason: unsafe ckvm_run_hw(runPage).pointee.hardware_exit_reason)
            default: return rareExit(reason)
            }
        }
    }

    @_lifetime(&self)
    private mutating func portExit() -> VCPUExit {
        let io = unsafe ckvm_run_io(runPage).pointee
        let count = Int(io.size) * Int(io.count)
        // A port is at most four bytes wide.
        guard let size = AccessSize(rawValue: io.size), size != .quadword, io.data_offset <= UInt64(mapping.size),
            count <= mapping.size - Int(io.data_offset)
        else { return .unsupported(reason: UInt32(KVM_EXIT_IO)) }
        let start = unsafe mapping.address + Int(io.data_offset)
        let port = Port(io.port)
        if io.direction == UInt8(KVM_EXIT_IO_OUT) {
            return .portWrite(port: port, size: size, data: unsafe lend(start, count))
        }
        return .portRead(port: port, size: size, data: unsafe lendMutable(start, count))
    }

    @_lifetime(&self)
    private mutating func memoryExit() -> VCPUExit {
        let mmio = unsafe ckvm_run_mmio(runPage).pointee
        let count = min(Int(mmio.len), 8)
        let start = unsafe UnsafeMutableRawPointer(ckvm_run_mmio_data(runPage))
        let address = GuestPhysicalAddress(mmio.phys_addr)
        if mmio.is_write != 0 { return .memoryWrite(address: address, data: unsafe lend(start, count)) }
        return .memoryRead(address: address, data: unsafe lendMutable(start, count))
    }

    @_lifetime(&self)
    private mutating func msrExit(isRead: Bool) -> VCPUExit {
        let msr = unsafe ckvm_run_msr(runPage).pointee
        let number = MSRNumber(msr.index)
        let reason = MSRExitReasons(rawValue: msr.reason)
        return isRead
            ? .msrRead(number: number, reason: reason)
            : .msrWrite(number: number, value: msr.data, reason: reason)
    }

    private func debugExit() -> DebugExit {
        let arch = unsafe ckvm_run_debug(runPage).pointee.arch
        return DebugExit(
            exception: arch.exception,
            address: GuestVirtualAddress(arch.pc),
            status: arch.dr6,
            control: arch.dr7
        )
    }

    @_lifetime(&self)
    private mutating func internalErrorExit() -> VCPUExit {
        let payload = unsafe ckvm_run_internal(runPage).pointee
        let count = min(Int(payload.ndata), 16)
        let data = unsafe lendWords(ckvm_run_internal_data(runPage), count)
        guard payload.suberror == UInt32(KVM_INTERNAL_ERROR_EMULATION) else {
            return .internalError(suberror: payload.suberror, data: data)
        }
        // The first word says which of the words after it are defined. With bit 0 set, two of them are instruction
        // bytes.
        let hasBytes = count >= 3 && data[0] & UInt64(KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES) != 0
        let size = hasBytes ? min(Int(unsafe ckvm_run_emulation_size(runPage)), 15) : 0
        let bytes = unsafe UnsafeMutableRawPointer(ckvm_run_emulation_bytes(runPage))
        return .emulationFailure(instruction: unsafe lend(bytes, size), data: data)
    }
}

extension VCPU {
    /// - Parameters:
    ///   - start: within the mapping of this vCPU, which has `count` bytes from there on.
    @unsafe @_lifetime(borrow self)
    func lend(_ start: UnsafeMutableRawPointer, _ count: Int) -> RawSpan {
        // SAFETY: the caller vouches for the range; the mapping lives as long as this value.
        let span = unsafe RawSpan(_unsafeStart: start, byteCount: count)
        return unsafe _overrideLifetime(span, borrowing: self)
    }

    /// - Parameters:
    ///   - start: within the mapping of this vCPU, which has `count` bytes from there on.
    @unsafe @_lifetime(&self)
    mutating func lendMutable(_ start: UnsafeMutableRawPointer, _ count: Int) -> MutableRawSpan {
        // SAFETY: the caller vouches for the range; the mapping lives as long as this value.
        let span = unsafe MutableRawSpan(_unsafeStart: start, byteCount: count)
        return unsafe _overrideLifetime(span, mutating: &self)
    }

    /// - Parameters:
    ///   - start: within the mapping of this vCPU, which has `count` words from there on.
    @unsafe @_lifetime(borrow self)
    func lendWords(_ start: UnsafeMutablePointer<UInt64>, _ count: Int) -> Span<UInt64> {
        // SAFETY: the caller vouches for the range; the mapping lives as long as this value.
        let span = unsafe Span(_unsafeStart: start, count: count)
        return unsafe _overrideLifetime(span, borrowing: self)
    }
}
