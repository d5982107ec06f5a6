import KVMCore
import SystemPackage
import TestBasics
import Testing
import X86

@Suite(.needsKVM) struct PlatformTests {
    @Test func placesForTheKernelsOwnPagesAreAccepted() throws {
        let vm = try KVMSystem.open().createVM()
        try vm.setTSSAddress(GuestPhysicalAddress(0xFFFB_D000))
        try vm.setIdentityMapAddress(GuestPhysicalAddress(0xFFFB_C000))
    }

    @Test func theIdentityMapCannotMoveOnceAVCPUExists() throws {
        let vm = try KVMSystem.open().createVM()
        let vcpu = try vm.createVCPU(id: 0)
        let error = #expect(throws: KVMError.self) {
            try vm.setIdentityMapAddress(GuestPhysicalAddress(0xFFFB_C000))
        }
        #expect(error?.operation == "KVM_SET_IDENTITY_MAP_ADDR")
        #expect(error?.argument == "0xfffbc000")
        _ = vcpu.kicker
    }

    @Test func theBootCPUIsChosenBeforeTheFirstVCPUOnly() throws {
        var vm = try KVMSystem.open().createVM()
        try vm.createIRQChip()
        try vm.setBootCPU(id: 1)
        let first = try vm.createVCPU(id: 0)
        let second = try vm.createVCPU(id: 1)
        #expect(try first.mpState() == .uninitialized)
        #expect(try second.mpState() == .runnable)
        let error = #expect(throws: KVMError.self) { try vm.setBootCPU(id: 0) }
        #expect(error?.errno == .resourceBusy)
    }

    @Test func twoVCPUsCannotShareAnID() throws {
        let vm = try KVMSystem.open().createVM()
        let vcpu = try vm.createVCPU(id: 0)
        let error = #expect(throws: KVMError.self) { _ = try vm.createVCPU(id: 0) }
        #expect(error?.errno == .fileExists)
        #expect(error?.argument == "id 0")
        _ = vcpu.kicker
    }

    @Test func aCapabilityTakesFourArgumentsAtMost() throws {
        var vm = try KVMSystem.open().createVM()
        var caught: KVMError?
        do { try vm.enable(.haltPoll, 1, 2, 3, 4, 5) } catch { caught = error }
        #expect(caught?.description.contains("at most four arguments") == true)
    }

    @Test func statisticsAreReadByName() throws {
        var guest = try TinyGuest([
            0xE6, 0x10,  // out 0x10, al
            0xF4,  // hlt
        ])
        let statistics = try guest.vcpu.statistics()
        #expect(statistics.source.hasPrefix("kvm-"))
        let before = try statistics.value("exits")
        try guest.runToExit()
        try guest.runToHalt()
        #expect(try statistics.value("exits") > before)
        let exits = try #require(statistics.definitions.first { $0.name == "exits" })
        #expect(exits.kind == .cumulative)
        #expect(exits.count == 1)
    }

    @Test func everyStatisticOfAVMCanBeRead() throws {
        let vm = try KVMSystem.open().createVM()
        let statistics = try vm.statistics()
        #expect(!statistics.definitions.isEmpty)
        for definition in statistics.definitions {
            #expect(try statistics.values(of: definition).count == definition.count, "\(definition.name)")
        }
    }

    @Test func aStatisticThatIsNoneIsNamed() throws {
        let vm = try KVMSystem.open().createVM()
        let statistics = try vm.statistics()
        let error = #expect(throws: KVMError.self) { try statistics.value("elephants") }
        #expect(error?.argument == "elephants")
    }
}
