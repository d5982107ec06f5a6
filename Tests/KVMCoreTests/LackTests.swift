import KVMCore
import SystemPackage
import TestBasics
import Testing
import X86

/// What a host lacks, on any host: the capability is taken away for the test's sake.
@Suite(.needsKVM) struct LackTests {
    /// A call, and the capability that it needs.
    struct Need: Sendable, CustomTestStringConvertible {
        var capability: Capability
        var request: String
        var call: @Sendable (inout VM) throws -> Void

        init(_ capability: Capability, _ request: String, _ call: @escaping @Sendable (inout VM) throws -> Void) {
            (self.capability, self.request, self.call) = (capability, request, call)
        }

        var testDescription: String { "\(request) without \(capability)" }
    }

    static let page = GuestPhysicalAddress(0x1000)
    static let attribute = DeviceAttribute(group: 1, number: 2)

    static let needs = [
        Need(.adjustClock, "KVM_GET_CLOCK") { vm in _ = try vm.clock() },
        Need(.adjustClock, "KVM_SET_CLOCK") { vm in try vm.setClock(ClockState(nanoseconds: 1)) },
        Need(.getTSCKHz, "KVM_GET_TSC_KHZ") { vm in _ = try vm.createVCPU(id: 0).tscFrequency() },
        Need(.vmAttributes, "KVM_HAS_DEVICE_ATTR") { vm in _ = try vm.hasAttribute(attribute) },
        Need(.vmAttributes, "KVM_GET_DEVICE_ATTR") { vm in
            var value = UInt64(0)
            // SAFETY: the host lacks it, and touches nothing.
            try unsafe vm.getAttribute(attribute, into: &value)
        },
        Need(.vmAttributes, "KVM_SET_DEVICE_ATTR") { vm in
            var value = UInt64(0)
            // SAFETY: as above.
            try unsafe vm.setAttribute(attribute, from: &value)
        },
        Need(.vcpuAttributes, "KVM_HAS_DEVICE_ATTR") { vm in
            _ = try vm.createVCPU(id: 0).hasAttribute(.tscOffset)
        },
        Need(.vcpuAttributes, "KVM_GET_DEVICE_ATTR") { vm in _ = try vm.createVCPU(id: 0).tscOffset() },
        Need(.vcpuAttributes, "KVM_SET_DEVICE_ATTR") { vm in
            var vcpu = try vm.createVCPU(id: 0)
            try vcpu.setTSCOffset(1)
        },
        Need(.nestedState, "KVM_GET_NESTED_STATE") { vm in _ = try vm.createVCPU(id: 0).nestedState() },
        Need(.nestedState, "KVM_SET_NESTED_STATE") { vm in
            var vcpu = try vm.createVCPU(id: 0)
            try vcpu.setNestedState(NestedState(bytes: NestedStateTests.bytes(count: 128)))
        },
        Need(.memoryAttributes, "KVM_SET_MEMORY_ATTRIBUTES") { vm in
            try vm.setMemoryAttributes(.private, from: page, size: 0x1000)
        },
        Need(.guestMemoryFile, "KVM_CREATE_GUEST_MEMFD") { vm in _ = try vm.createGuestMemoryFile(size: 0x1000) },
        Need(.guestMemoryFileFlags, "KVM_CREATE_GUEST_MEMFD") { vm in
            _ = try vm.createGuestMemoryFile(size: 0x1000, flags: .mappable)
        },
        Need(.pmuEventFilter, "KVM_SET_PMU_EVENT_FILTER") { vm in try vm.setPMUEventFilter(PMUEventFilter(.allow)) },
        Need(.pmuEventMaskedEvents, "KVM_SET_PMU_EVENT_FILTER") { vm in
            try vm.setPMUEventFilter(PMUEventFilter(.allow, isMasked: true))
        },
    ]

    @Test(arguments: needs) func aCallWithoutItsCapabilityNamesIt(need: Need) throws {
        // What masked events and flags of files build on.
        var capabilities: [Capability: Int32] = [.pmuEventFilter: 1, .guestMemoryFile: 1]
        capabilities[need.capability] = 0
        var vm = try FakeHost(capabilities: capabilities).vm()

        let error = failure { try need.call(&vm) }

        #expect(error?.operation == need.request)
        #expect(error?.cause == .lacks(need.capability))
        #expect(error?.description.hasSuffix("this host's KVM lacks \(need.capability.name)") == true)
    }

    @Test func aRequestForDevicesThatTheHostDoesNotKnowNamesTheCapability() throws {
        let host = HostCalls { request, argument in
            switch request {
            case "KVM_CHECK_EXTENSION" where argument == Capability.deviceControl.rawValue: .returns(0)
            case "KVM_CREATE_DEVICE": .fails(.inappropriateIOCTLForDevice)
            default: .made
            }
        }
        let vm = try KVMSystem.open(path: KVMSystem.devicePath, host: host).createVM()
        #expect(failure { _ = try vm.createDevice(.vfio) }?.cause == .lacks(.deviceControl))
        #expect(failure { _ = try vm.canCreateDevice(.vfio) }?.cause == .lacks(.deviceControl))
    }

    /// As kernels up to 6.1 do.
    @Test func aDeviceIsMadeWhateverTheCapabilitySays() throws {
        let host = FakeHost(
            capabilities: [.deviceControl: 0],
            sizes: ["KVM_CREATE_DEVICE": 12]
        )
        #expect(try host.vm().canCreateDevice(.vfio))
        #expect(host.bytes(of: "KVM_CREATE_DEVICE") == [4, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0])
    }

    @Test func attributesOfTheDeviceNeedTheirCapability() throws {
        let host = FakeHost(capabilities: [.systemAttributes: 0])
        let system = try KVMSystem.open(path: KVMSystem.devicePath, host: host.calls)
        #expect(failure { _ = try system.guestExtendedComponents() }?.cause == .lacks(.systemAttributes))
        #expect(
            failure { _ = try system.hasAttribute(.guestExtendedComponents) }?.cause == .lacks(.systemAttributes)
        )
    }
}
