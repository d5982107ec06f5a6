import CKVM
import KVMCore
import Synchronization
import SystemPackage
import TestBasics
import Testing

@Suite(.needsKVM) struct AttributeTests {
    static let unknown = DeviceAttribute(group: 0, number: 9999)

    /// Some hosts take an offset and forget it.
    @Test(.enabled("needs KVM_CAP_VCPU_ATTRIBUTES") { try Self.has(.vcpuAttributes) })
    func anOffsetOfATimeStampCounterIsTaken() throws {
        var vcpu = try KVMSystem.open().createVM().createVCPU(id: 0)
        #expect(try vcpu.hasAttribute(.tscOffset))
        try vcpu.setTSCOffset(vcpu.tscOffset())
    }

    @Test func anOffsetOfATimeStampCounterHas64Bits() throws {
        let kept = Mutex<UInt64>(0)
        let host = HostCalls { request, argument in
            let structure = unsafe UnsafePointer<kvm_device_attr>(bitPattern: argument)
            // SAFETY: both requests have such a structure, which has the address of 64 bits.
            switch request {
            case "KVM_CHECK_EXTENSION" where argument == Capability.vcpuAttributes.rawValue: return .returns(1)
            case "KVM_GET_DEVICE_ATTR":
                let address = unsafe structure.map { unsafe UInt($0.pointee.addr) } ?? 0
                unsafe UnsafeMutablePointer<UInt64>(bitPattern: address)?.pointee = kept.withLock { $0 }
                return .returns(0)
            case "KVM_SET_DEVICE_ATTR":
                let address = unsafe structure.map { unsafe UInt($0.pointee.addr) } ?? 0
                let value = unsafe UnsafePointer<UInt64>(bitPattern: address)?.pointee ?? 0
                kept.withLock { $0 = value }
                return .returns(0)
            default: return .made
            }
        }
        var vcpu = try KVMSystem.open(path: KVMSystem.devicePath, host: host).createVM().createVCPU(id: 0)
        try vcpu.setTSCOffset(0xFEDC_1234_5678_9ABC)
        #expect(try vcpu.tscOffset() == 0xFEDC_1234_5678_9ABC)
    }

    @Test(.enabled("needs KVM_CAP_VCPU_ATTRIBUTES") { try Self.has(.vcpuAttributes) })
    func anAttributeThatIsNoneIsAbsent() throws {
        let vcpu = try KVMSystem.open().createVM().createVCPU(id: 0)
        #expect(try !vcpu.hasAttribute(Self.unknown))
    }

    @Test(.enabled("needs KVM_CAP_SYS_ATTRIBUTES") { try Self.has(.systemAttributes) })
    func guestsCanHaveTheOldestRegisterFiles() throws {
        let system = try KVMSystem.open()
        #expect(try system.hasAttribute(.guestExtendedComponents))
        #expect(try system.guestExtendedComponents() & 3 == 3)
        #expect(try !system.hasAttribute(Self.unknown))
    }

    static func has(_ capability: Capability) throws -> Bool { try KVMSystem.open().check(capability) > 0 }

    @Test func anAttributeReachesTheKernelByItsNumbers() throws {
        let host = FakeHost(
            capabilities: [.vmAttributes: 1],
            sizes: ["KVM_SET_DEVICE_ATTR": 24, "KVM_GET_DEVICE_ATTR": 24]
        )
        let vm = try host.vm()
        var value: UInt64 = 5
        // SAFETY: the fake host touches nothing.
        try unsafe vm.setAttribute(DeviceAttribute(group: 7, number: 8), from: &value)
        try unsafe vm.getAttribute(DeviceAttribute(group: 9, number: 10), into: &value)
        #expect(host.bytes(of: "KVM_SET_DEVICE_ATTR").words.prefix(2) == [7 << 32, 8])
        #expect(host.bytes(of: "KVM_GET_DEVICE_ATTR").words.prefix(2) == [9 << 32, 10])
        #expect(host.bytes(of: "KVM_SET_DEVICE_ATTR").words.last != 0)
    }

    @Test func anotherErrorOfAQuestionIsNotAnAnswer() throws {
        let host = HostCalls { request, argument in
            switch request {
            case "KVM_CHECK_EXTENSION" where argument == Capability.vmAttributes.rawValue: .returns(1)
            case "KVM_HAS_DEVICE_ATTR": .fails(.notPermitted)
            default: .made
            }
        }
        let vm = try KVMSystem.open(path: KVMSystem.devicePath, host: host).createVM()
        let error = failure { _ = try vm.hasAttribute(Self.unknown) }
        #expect(error?.errno == .notPermitted)
        #expect(error?.argument == "group 0, attribute 9999")
    }

    @Test(.enabled("needs the device of VFIO") { try KVMSystem.open().createVM().canCreateDevice(.vfio) })
    func aDeviceHasItsAttributesAndRefusesWhatIsNoGroup() throws {
        let vm = try KVMSystem.open().createVM()
        let device = try vm.createDevice(.vfio)
        #expect(device.kind == .vfio)
        // KVM_DEV_VFIO_GROUP, KVM_DEV_VFIO_GROUP_ADD.
        let add = DeviceAttribute(group: 1, number: 1)
        #expect(try device.hasAttribute(add))
        #expect(try !device.hasAttribute(Self.unknown))
        var noDescriptor: Int32 = -1
        // SAFETY: the attribute is a descriptor of 32 bits.
        #expect(failure { try unsafe device.setAttribute(add, from: &noDescriptor) }?.errno == .badFileDescriptor)
    }

    @Test func aDeviceThatTheHostLacksIsNone() throws {
        let vm = try KVMSystem.open().createVM()
        let none = KernelDevice.Kind(rawValue: 60000)
        #expect(try !vm.canCreateDevice(none))
        let error = failure { _ = try vm.createDevice(none) }
        #expect(error?.operation == "KVM_CREATE_DEVICE")
        #expect(error?.argument == "type 60000")
        #expect(error?.errno == .operationNotSupportedByDevice)
        #expect(error?.advice?.contains("update the kernel") == true)
    }
}
