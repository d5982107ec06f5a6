import KVMCore
import Synchronization
import SystemPackage
import TestBasics
import Testing
import X86

/// Set-up that fails half way gives back all that it had taken, the last first.
@Suite(.needsKVM) struct SetUpTests {
    /// Records the calls made, and fails one of them.
    final class Watch: Sendable {
        let calls = Mutex<[HostCalls.Call]>([])
        let failing: Int?

        init(failing: Int? = nil) {
            self.failing = failing
        }

        var host: HostCalls {
            HostCalls { call in
                self.calls.withLock { calls in
                    calls.append(call)
                    return calls.count - 1 == self.failing ? .noMemory : nil
                }
            }
        }

        /// The calls so far, releases excepted.
        var acquiring: [HostCalls.Call] { calls.withLock { $0.filter { !Self.isRelease($0) } } }

        /// How what was taken is given back, in the order in which it was taken.
        var owed: [HostCalls.Call] {
            acquiring.enumerated().compactMap { index, call in
                switch call {
                case _ where index == failing: nil
                case .open, .ioctl("KVM_CREATE_VM"), .ioctl("KVM_CREATE_VCPU"): .close
                case .map(_, let size): .unmap(size: size)
                default: nil
                }
            }
        }

        /// What was given back, in the order in which it was.
        var released: [HostCalls.Call] { calls.withLock { $0.filter(Self.isRelease) } }

        static func isRelease(_ call: HostCalls.Call) -> Bool {
            switch call {
            case .close, .unmap: true
            default: false
            }
        }
    }

    /// Everything that set-up takes: device, VM, dirty ring, memory, vCPU.
    static func setUp(_ watch: Watch, memory: borrowing GuestMemory) throws {
        let system = try KVMSystem.open(path: "/dev/kvm", host: watch.host)
        var vm = try system.createVM()
        try vm.enableDirtyRing(entries: 1024)
        // SAFETY: the caller keeps the memory until the VM is gone.
        try unsafe vm.setMemoryRegion(
            MemorySlot(0),
            guestAddress: GuestPhysicalAddress(0),
            hostMemory: memory.address,
            size: UInt64(memory.size)
        )
        let vcpu = try vm.createVCPU(id: 0)
        _ = vcpu.kicker
    }

    @Test func aFailureAtAnyStepLeavesNothingBehind() async {
        await #expect(processExitsWith: .success) {
            let memory = GuestMemory(size: 0x10000)
            let whole = Watch()
            try SetUpTests.setUp(whole, memory: memory)
            let before = try HostResources.now()
            #expect(before == HostResources(descriptors: [], mappings: 0))
            let steps = whole.acquiring.count
            #expect(steps > 15)
            for step in 0..<steps {
                let watch = Watch(failing: step)
                let error = #expect(throws: KVMError.self, "step \(step)") {
                    try SetUpTests.setUp(watch, memory: memory)
                }
                #expect(error?.errno == .noMemory, "step \(step): \(whole.acquiring[step])")
                #expect(watch.acquiring.count == step + 1, "nothing is tried after step \(step)")
                #expect(watch.released == watch.owed.reversed(), "step \(step): \(whole.acquiring[step])")
                #expect(try HostResources.now() == before, "step \(step): \(whole.acquiring[step])")
            }
        }
    }

    @Test func whatWasTakenIsGivenBackInReverseOrder() throws {
        let memory = GuestMemory(size: 0x10000)
        let watch = Watch()
        try Self.setUp(watch, memory: memory)
        #expect(watch.owed.count == 5)
        #expect(watch.released == watch.owed.reversed())
        #expect(watch.calls.withLock { $0.suffix(5).allSatisfy(Watch.isRelease) })
    }

    @Test func aWholeSetUpLeavesNothingBehindWhenItGoesAway() async {
        await #expect(processExitsWith: .success) {
            let memory = GuestMemory(size: 0x10000)
            for _ in 0..<50 { try SetUpTests.setUp(Watch(), memory: memory) }
            #expect(try HostResources.now() == HostResources(descriptors: [], mappings: 0))
        }
    }
}
