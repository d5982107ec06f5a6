import CKVM
import Foundation
import Glibc
import SystemPackage
import TestBasics
import Testing
import X86

@testable import KVMCore

@Suite(.needsKVM) struct SystemTests {
    @Test func theDeviceSpeaksTheOneAPIVersion() throws {
        _ = try KVMSystem.open()
        #expect(KVMSystem.apiVersion == 12)
    }

    @Test func aVCPUMappingHasARunPageAPortPageAndARingPage() throws {
        let system = try KVMSystem.open()
        #expect(system.vcpuMapSize >= 3 * 4096)
        #expect(try system.check(.coalescedMMIO) == KVM_COALESCED_MMIO_PAGE_OFFSET)
        var guest = try TinyGuest([
            0xE6, 0x10,  // out 0x10, al
        ])
        try guest.runToExit()
        // SAFETY: the run page is mapped while the vCPU lives, and the exit is one of a port.
        #expect(unsafe ckvm_run_io(guest.vcpu.runPage).pointee.data_offset == UInt64(KVM_PIO_PAGE_OFFSET) * 4096)
    }

    @Test(arguments: Capability.all)
    func everyNamedCapabilityHasAnAnswerOnSystemAndVM(capability: Capability) throws {
        let system = try KVMSystem.open()
        let vm = try system.createVM()
        let number = UInt(capability.rawValue)
        // SAFETY: the path lives through the call.
        let device = unsafe Glibc.open(KVMSystem.devicePath, O_RDWR | O_CLOEXEC)
        let machine = ckvm_ioctl_int(device, CKVM_CREATE_VM, 0)
        defer {
            close(machine)
            close(device)
        }
        #expect(try system.check(capability) == ckvm_ioctl_int(device, CKVM_CHECK_EXTENSION, number))
        #expect(try vm.check(capability) == ckvm_ioctl_int(machine, CKVM_CHECK_EXTENSION, number))
    }

    @Test(arguments: [
        Capability.userMemory, .destroyMemoryRegionWorks, .joinMemoryRegionsWorks, .setBootCPUID, .internalErrorData,
        .signalMSI, .irqFDResample, .irqRouting,
    ])
    func genericCapabilitiesArePresent(capability: Capability) throws {
        let system = try KVMSystem.open()
        let vm = try system.createVM()
        #expect(try system.check(capability) > 0)
        #expect(try vm.check(capability) == system.check(capability))
    }

    @Test func anUnknownCapabilityIsAbsent() throws {
        let unknown = Capability(rawValue: 60000)
        #expect(try KVMSystem.open().check(unknown) == 0)
        #expect(unknown.name == "KVM_CAP_60000")
    }

    @Test func supportedCPUIDNamesAVendor() throws {
        let entries = try KVMSystem.open().supportedCPUID()
        let vendor = try #require(entries.first { $0.function == 0 })
        #expect(vendor.eax >= 1)
        #expect(vendor.ebx != 0)
    }

    @Test func emulatedCPUIDIsAnswered() throws {
        #expect(try KVMSystem.open().emulatedCPUID().count < CPUIDEntry.maximumCount)
    }

    @Test func msrListsNameRegistersThatCanBeRead() throws {
        let system = try KVMSystem.open()
        let tsc = MSRNumber(0x10)
        #expect(try system.msrIndexList().contains(tsc))
        let features = try system.featureMSRIndexList()
        #expect(try system.featureMSRs(features).map(\.number) == features)
    }

    @Test func aFeatureMSRThatIsNoneIsNamed() throws {
        let system = try KVMSystem.open()
        let error = #expect(throws: KVMError.self) { try system.featureMSRs([MSRNumber(0xDEAD_0000)]) }
        #expect(error?.argument == "MSR 0xdead0000")
    }

    @Test(arguments: KVMSystem.RetiredCall.allCases)
    func retiredCallsAreNotSupported(call: KVMSystem.RetiredCall) throws {
        let system = try KVMSystem.open()
        let error = #expect(throws: KVMError.self) { try system.call(call) }
        #expect(error?.errno == .notSupported)
    }

    @Test(arguments: [CKVM_TRACE_ENABLE, CKVM_TRACE_PAUSE, CKVM_TRACE_DISABLE])
    func theKernelItselfKnowsRetiredCallsNoMore(request: UInt) throws {
        // SAFETY: the path is a literal.
        let file = try unsafe FileDescriptor.open("/dev/kvm", .readWrite)
        defer { try? file.close() }
        #expect(ckvm_ioctl_int(file.rawValue, request, 0) == -1)
        #expect([EOPNOTSUPP, EINVAL].contains(errno))
    }

    @Test func requestsWithoutAnArgumentRefuseOne() throws {
        // SAFETY: the path is a literal.
        let file = try unsafe FileDescriptor.open("/dev/kvm", .readWrite)
        defer { try? file.close() }
        #expect(ckvm_ioctl_int(file.rawValue, CKVM_GET_API_VERSION, 1) == -1)
        #expect(errno == EINVAL)
        #expect(ckvm_ioctl_int(file.rawValue, CKVM_GET_VCPU_MMAP_SIZE, 1) == -1)
        #expect(errno == EINVAL)
    }

    @Test func anUnknownMachineTypeIsInvalid() throws {
        let system = try KVMSystem.open()
        let error = #expect(throws: KVMError.self) { _ = try system.createVM(type: 0xFFFF) }
        #expect(error?.operation == "KVM_CREATE_VM")
        #expect(error?.argument == "type 65535")
        #expect(error?.errno == .invalidArgument)
    }

    @Test func descriptorsAreCloseOnExec() async {
        await #expect(processExitsWith: .success) {
            let system = try KVMSystem.open()
            let vm = try system.createVM()
            let vcpu = try vm.createVCPU(id: 0)
            let flags = try HostResources.kvmDescriptorFlags()
            #expect(flags.count == 3)
            #expect(flags.allSatisfy { $0 & O_CLOEXEC != 0 })
            _ = vcpu.readyForInterruptInjection
            _ = vm.memoryRegions
            _ = system.vcpuMapSize
        }
    }
}
