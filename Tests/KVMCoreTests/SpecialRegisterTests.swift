import CKVM
import Synchronization
import SystemPackage
import TestBasics
import Testing

@testable import KVMCore

@Suite struct SpecialRegisterTests {
    /// Every field with a value of its own.
    static let registers: SpecialRegisters = {
        var registers = SpecialRegisters()
        let segments: [WritableKeyPath<SpecialRegisters, Segment>] = [\.cs, \.ds, \.es, \.fs, \.gs, \.ss, \.tr, \.ldt]
        for (index, segment) in segments.enumerated() {
            registers[keyPath: segment] = Segment(base: UInt64(100 + index), selector: UInt16(8 * index))
        }
        registers.gdt = DescriptorTable(base: 201, limit: 202)
        registers.idt = DescriptorTable(base: 203, limit: 204)
        (registers.cr0, registers.cr2, registers.cr3, registers.cr4, registers.cr8) = (300, 302, 303, 304, 308)
        (registers.efer, registers.apicBase) = (400, 401)
        return registers
    }()

    @Test func bothFormsOfTheKernelHoldEveryRegister() {
        var withBitmap = Self.registers
        withBitmap.interruptBitmap = [1, 2, 3, 4]
        var withPointers = Self.registers
        withPointers.pageDirectoryPointers = [5, 6, 7, 8]
        #expect(SpecialRegisters(withBitmap.kernelValue) == withBitmap)
        #expect(SpecialRegisters(withPointers.kernelValue2) == withPointers)
    }

    @Test func pageDirectoryPointersCountOnlyWhereTheKernelSaysSo() {
        var registers = Self.registers
        registers.pageDirectoryPointers = [5, 6, 7, 8]
        var value = registers.kernelValue2
        #expect(value.flags == UInt64(KVM_SREGS2_FLAGS_PDPTRS_VALID))
        #expect([value.pdptrs.0, value.pdptrs.1, value.pdptrs.2, value.pdptrs.3] == [5, 6, 7, 8])
        value.flags = 0
        #expect(SpecialRegisters(value).pageDirectoryPointers == nil)
        #expect(Self.registers.kernelValue2.flags == 0)
    }

    @Test(.needsKVM) func theFormThatTheHostHasIsUsed() throws {
        let calls = Mutex<[HostCalls.Call]>([])
        let host = HostCalls { call in
            calls.withLock { $0.append(call) }
            return nil
        }
        let vm = try KVMSystem.open(path: KVMSystem.devicePath, host: host).createVM()
        let suffix = try vm.check(.sregs2) > 0 ? "SREGS2" : "SREGS"
        var vcpu = try vm.createVCPU(id: 0)
        calls.withLock { $0.removeAll() }
        try vcpu.setSpecialRegisters(vcpu.specialRegisters())
        #expect(calls.withLock { $0 } == [.ioctl("KVM_GET_\(suffix)"), .ioctl("KVM_SET_\(suffix)")])
    }
}
