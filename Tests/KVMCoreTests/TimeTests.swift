import KVMCore
import SystemPackage
import TestBasics
import Testing

/// The clock of a VM and the frequency of time-stamp counters, which the recorder does not use.
@Suite(.needsKVM) struct TimeTests {
    static let hour: UInt64 = 3_600_000_000_000

    @Test func aClockGoesOnFromWhereItIsSet() throws {
        let vm = try KVMSystem.open().createVM()
        let vcpu = try vm.createVCPU(id: 0)
        try vm.setClock(ClockState(nanoseconds: 1000 * Self.hour))
        #expect(try (1000 * Self.hour..<1001 * Self.hour).contains(vm.clock().nanoseconds))
        _ = vcpu.kicker
    }

    @Test func whatAClockSaysCanBeSetAgain() throws {
        let vm = try KVMSystem.open().createVM()
        var state = try vm.clock()
        state.flags = [.steady, .hostTSC]
        try vm.setClock(state)
        #expect(try vm.clock().nanoseconds >= state.nanoseconds)
    }

    @Test func timeThatHasPassedIsAddedIfTheHostCan() throws {
        let host = FakeHost(capabilities: [.adjustClock: 14], sizes: ["KVM_SET_CLOCK": 48])
        let vm = try host.vm()
        try vm.setClock(ClockState(nanoseconds: 5, flags: [.steady, .realTime], realTime: 7, hostTSC: 9))
        #expect(host.bytes(of: "KVM_SET_CLOCK").words == [5, 4, 7, 0, 0, 0])
    }

    @Test func timeThatHasPassedIsRefusedIfTheHostCannot() throws {
        let vm = try FakeHost(capabilities: [.adjustClock: 2]).vm()
        let error = failure { try vm.setClock(ClockState(nanoseconds: 5, flags: .realTime)) }
        #expect(
            error?.description == "KVM_SET_CLOCK (5 ns): this host's KVM cannot add the time that has passed"
        )
    }

    @Test func everyFieldOfAClockIsRead() throws {
        let reply = [3, 0xE, 5, 7, 0, 0].flatMap { (word: UInt64) in (0..<8).map { UInt8(word >> (8 * $0) & 0xFF) } }
        let host = FakeHost(sizes: ["KVM_GET_CLOCK": 48], replies: ["KVM_GET_CLOCK": reply])
        let expected = ClockState(nanoseconds: 3, flags: [.steady, .realTime, .hostTSC], realTime: 5, hostTSC: 7)
        #expect(try host.vm().clock() == expected)
    }

    @Test func theFrequencyOfAProcessorCanBeSetToWhatItIs() throws {
        var vcpu = try KVMSystem.open().createVM().createVCPU(id: 0)
        let frequency = try vcpu.tscFrequency()
        #expect(frequency > 100_000)
        try vcpu.setTSCFrequency(frequency)
        #expect(try vcpu.tscFrequency() == frequency)
    }

    @Test(arguments: [Errno.invalidArgument, .inappropriateIOCTLForDevice])
    func aFrequencyThatAHostWithoutControlRefusesNamesWhatItLacks(errno: Errno) throws {
        let host = HostCalls { request, argument in
            switch request {
            case "KVM_CHECK_EXTENSION" where argument == Capability.tscControl.rawValue: .returns(0)
            case "KVM_CHECK_EXTENSION" where argument == Capability.vmTSCControl.rawValue: .returns(0)
            case "KVM_GET_TSC_KHZ", "KVM_SET_TSC_KHZ": .fails(errno)
            default: .made
            }
        }
        let vm = try KVMSystem.open(path: KVMSystem.devicePath, host: host).createVM()
        var vcpu = try vm.createVCPU(id: 0)
        let ofVCPU = failure { try vcpu.setTSCFrequency(77) }
        #expect(ofVCPU == KVMError(operation: "KVM_SET_TSC_KHZ", argument: "77 kHz", cause: .lacks(.tscControl)))
        let ofVM = failure { try vm.setTSCFrequency(77) }
        #expect(ofVM == KVMError(operation: "KVM_SET_TSC_KHZ", argument: "77 kHz", cause: .lacks(.vmTSCControl)))
        #expect(failure { _ = try vm.tscFrequency() }?.cause == .lacks(.vmTSCControl))
    }

    @Test func aFrequencyThatAHostWithControlRefusesKeepsItsErrno() throws {
        let host = HostCalls { request, argument in
            switch request {
            case "KVM_CHECK_EXTENSION" where argument == Capability.vmTSCControl.rawValue: .returns(1)
            case "KVM_CHECK_EXTENSION" where argument == Capability.tscControl.rawValue: .returns(1)
            case "KVM_SET_TSC_KHZ": .fails(.invalidArgument)
            default: .made
            }
        }
        let vm = try KVMSystem.open(path: KVMSystem.devicePath, host: host).createVM()
        var vcpu = try vm.createVCPU(id: 0)
        #expect(failure { try vm.setTSCFrequency(1) }?.errno == .invalidArgument)
        #expect(failure { try vcpu.setTSCFrequency(1) }?.errno == .invalidArgument)
    }

    @Test func theFrequencyOfAVMIsThatOfItsNextProcessor() throws {
        let host = HostCalls { request, argument in
            switch (request, argument) {
            case ("KVM_SET_TSC_KHZ", 3_000_000): .returns(0)
            case ("KVM_GET_TSC_KHZ", 0): .returns(3_000_000)
            default: .made
            }
        }
        let vm = try KVMSystem.open(path: KVMSystem.devicePath, host: host).createVM()
        try vm.setTSCFrequency(3_000_000)
        #expect(try vm.tscFrequency() == 3_000_000)
    }
}
