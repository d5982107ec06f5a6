import CKVM
import X86

extension VCPU {
    /// The last exit, if it is an access of one element to a port (`KVM_EXIT_IO`); nil for every other exit.
    ///
    /// It says the same as ``exit``, without telling all exits apart, and costs a fraction of it.
    public var singlePortAccess: SinglePortAccess? {
        // SAFETY (all of this file): the run page is mapped while this value lives, and its exit reason says that the
        // kernel has filled the member that is read.
        guard unsafe runPage.pointee.exit_reason == UInt32(KVM_EXIT_IO) else { return nil }
        let io = unsafe ckvm_run_io(runPage)
        guard unsafe io.pointee.count == 1, let size = AccessSize(ofPort: unsafe io.pointee.size),
            let data = unsafe singleElement
        else { return nil }
        let isWrite = unsafe io.pointee.direction == UInt8(KVM_EXIT_IO_OUT)
        let value = unsafe isWrite ? data.loadUnaligned(as: UInt32.self) & UInt32(truncatingIfNeeded: size.mask) : 0
        return SinglePortAccess(port: Port(unsafe io.pointee.port), size: size, isWrite: isWrite, value: value)
    }

    /// Answers ``singlePortAccess`` if it is a read, with the value's low bytes.
    public mutating func answerSinglePortRead(_ value: UInt32) {
        guard let data = unsafe singleElement else { return }
        switch unsafe ckvm_run_io(runPage).pointee.size {
        case 1: unsafe data.storeBytes(of: UInt8(truncatingIfNeeded: value), as: UInt8.self)
        case 2: unsafe data.storeBytes(of: UInt16(truncatingIfNeeded: value), as: UInt16.self)
        default: unsafe data.storeBytes(of: value, as: UInt32.self)
        }
    }

    /// Where the element of a port access is; nil if four bytes from there on are not all in the shared pages.
    @inline(__always)
    private var singleElement: UnsafeMutableRawPointer? {
        let offset = unsafe ckvm_run_io(runPage).pointee.data_offset
        guard offset <= UInt64(mapping.size - 4) else { return nil }
        return unsafe mapping.address + Int(offset)
    }
}

extension AccessSize {
    /// The size of an access to a port; nil for a number of bytes that none has.
    fileprivate init?(ofPort byteCount: UInt8) {
        switch byteCount {
        case 1: self = .byte
        case 2: self = .word
        case 4: self = .doubleword
        default: return nil
        }
    }
}
