import CKVM
import Glibc
import KVMCore
import SystemPackage
import TestBasics
import Testing

/// Runs that fail for memory: the kernel's part is played, because hosts differ in what they do here.
@Suite(.needsKVM) struct MemoryFaultTests {
    /// A guest each of whose runs fails.
    static func guest(errno: CInt) throws -> TinyGuest {
        let host = HostCalls { request, _ in request == "KVM_RUN" ? .fails(Errno(rawValue: errno)) : .made }
        return try TinyGuest([], host: host)
    }

    /// SAFETY: the vCPU does not run.
    static func plantFault(into vcpu: borrowing VCPU) {
        unsafe ExitDecodingTests.plant(KVM_EXIT_MEMORY_FAULT, into: vcpu) { run in
            unsafe ckvm_run_memory_fault(run).pointee = ckvm_memory_fault(flags: 8, gpa: 0x5000, size: 0x2000)
        }
    }

    @Test(arguments: [EFAULT, EHWPOISON])
    func aFailureOfWhichTheKernelSaysTheMemoryIsAnExit(errno: CInt) throws {
        var guest = try Self.guest(errno: errno)
        Self.plantFault(into: guest.vcpu)
        #expect(try guest.vcpu.run() == .exit)
        #expect(try guest.summary() == "memory fault 0x5000 8192 private true")
        #expect(try guest.vcpu.completePendingExit() == .exit)
    }

    @Test(arguments: [EFAULT, EHWPOISON])
    func aFailureOfWhichTheKernelSaysNothingIsAnError(errno: CInt) throws {
        var guest = try Self.guest(errno: errno)
        unsafe ExitDecodingTests.plant(KVM_EXIT_HLT, into: guest.vcpu)
        #expect(failure { _ = try guest.vcpu.run() }?.errno == Errno(rawValue: errno))
        #expect(failure { _ = try guest.vcpu.completePendingExit() }?.errno == Errno(rawValue: errno))
    }

    @Test func anotherFailureIsAnErrorWhateverTheReasonSays() throws {
        var guest = try Self.guest(errno: EIO)
        Self.plantFault(into: guest.vcpu)
        #expect(failure { _ = try guest.vcpu.run() }?.errno == .ioError)
    }
}
