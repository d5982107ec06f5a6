import KVMCore
import TestBasics
import Testing

@Suite(.needsKVM) struct LocalAPICTests {
    @Test func theStateOfALocalAPICRoundTrips() throws {
        var vm = try KVMSystem.open().createVM()
        try vm.createIRQChip()
        var vcpu = try vm.createVCPU(id: 0)
        var state = try vcpu.localAPIC()
        state[.spuriousVector] = 0x1FF
        state[.taskPriority] = 0x30
        state[.localInterrupt0] = 0x1_0700
        try vcpu.setLocalAPIC(state)
        let back = try vcpu.localAPIC()
        // The processor's priority follows the task's.
        state[.processorPriority] = back[.processorPriority]
        #expect(back == state)
        #expect(back[.processorPriority] == 0x30)
        #expect(try vcpu.specialRegisters().cr8 == 3)
    }

    @Test func theSecondAPICHasTheNumberOfItsProcessor() throws {
        var vm = try KVMSystem.open().createVM()
        try vm.enable(.splitIRQChip, 24)
        let vcpu = try vm.createVCPU(id: 5)
        #expect(try vcpu.localAPIC()[.id] == 5 << 24)
    }

    @Test func withoutControllersInTheKernelThereIsNone() throws {
        var vcpu = try KVMSystem.open().createVM().createVCPU(id: 0)
        let reading = failure { _ = try vcpu.localAPIC() }
        let writing = failure { try vcpu.setLocalAPIC(LocalAPICState()) }
        #expect(reading?.description == "KVM_GET_LAPIC: the VM has no local APICs in the kernel")
        #expect(writing?.description == "KVM_SET_LAPIC: the VM has no local APICs in the kernel")
    }

    @Test func aRegisterIsFourBytesOfSixteen() throws {
        var state = LocalAPICState()
        state[.timerInitialCount] = 0x1234_5678
        #expect(state.bytes.enumerated().filter { $0.element != 0 }.map(\.offset) == [0x380, 0x381, 0x382, 0x383])
        #expect(state.bytes[0x380] == 0x78)
        #expect(state[.timerInitialCount] == 0x1234_5678)
        #expect(state.bytes.count == 1024)
        #expect(LocalAPICState.Register(rawValue: 0x38) == .timerInitialCount)
        #expect(LocalAPICState.Register(rawValue: 64) == nil)
    }
}
