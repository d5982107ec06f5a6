import KVMCore
import SystemPackage
import Testing

@Suite struct KVMErrorTests {
    @Test func aMissingDeviceIsNamedWithWhatToDo() {
        let error = #expect(throws: KVMError.self) { _ = try KVMSystem.open(path: "/nowhere/kvm") }
        #expect(
            error?.description == """
                open (/nowhere/kvm): ENOENT: No such file or directory; load the kvm_intel or kvm_amd module, \
                enable virtualization in the firmware, or start the container with --device /nowhere/kvm
                """
        )
    }

    @Test func aDeviceThatIsNotKVMIsRefused() {
        let error = #expect(throws: KVMError.self) { _ = try KVMSystem.open(path: "/dev/null") }
        #expect(error?.operation == "KVM_GET_API_VERSION")
        #expect(error?.argument == "/dev/null")
        #expect(error?.errno == .inappropriateIOCTLForDevice)
        #expect(error?.advice?.hasPrefix("the file of that name is not KVM's device") == true)
    }

    @Test(arguments: [
        ("open", Errno.permissionDenied, "join the group"),
        ("open", .noSuchFileOrDirectory, "--device /dev/kvm"),
        ("open", .operationNotSupportedByDevice, "firmware"),
        ("open", .tooManyOpenFiles, "ulimit -n"),
        ("KVM_CREATE_VM", .resourceBusy, "another hypervisor"),
        ("KVM_CREATE_VM", .noMemory, "free memory"),
        ("KVM_CREATE_VM", .invalidArgument, "KVM_CHECK_EXTENSION"),
        ("KVM_SET_CPUID2", .argListTooLong, "longer"),
        ("KVM_CREATE_VCPU", .fileExists, "remove it first"),
        ("KVM_RUN", .badAddress, "not mapped"),
        ("KVM_RUN", .ioError, "dmesg"),
        ("KVM_GET_STATS_FD", .inappropriateIOCTLForDevice, "update the kernel"),
    ])
    func everyCommonErrnoComesWithAdvice(operation: String, errno: Errno, hint: String) {
        let error = KVMError(operation: operation, argument: "/dev/kvm", cause: .system(errno))
        #expect(error.advice?.contains(hint) == true)
        #expect(error.description.contains(operation))
        #expect(error.description.contains(hint))
    }

    @Test func aRefusalSaysWhyAndNoMore() {
        let error = KVMError(
            operation: "KVM_SET_XCRS",
            argument: "17 registers",
            cause: .refused("there are at most 16")
        )
        #expect(error.description == "KVM_SET_XCRS (17 registers): there are at most 16")
        #expect(error.errno == nil)
    }
}
