import CKVM
public import SystemPackage

/// A failed call on `/dev/kvm` or on a descriptor made from it.
public struct KVMError: Error, Equatable, Sendable {
    /// The operation: an ioctl by its name in `<linux/kvm.h>`, or a system call.
    public var operation: String
    /// What the call was about; empty if there is nothing to say.
    public var argument: String
    /// Why it failed.
    public var cause: Cause

    /// Why a call failed.
    public enum Cause: Equatable, Sendable {
        /// The kernel answered with an errno.
        case system(Errno)
        /// KVMCore refused the call without asking the kernel, for this reason.
        case refused(String)
        /// This host's KVM lacks this capability, which the call needs.
        case lacks(Capability)
        /// The kernel did something that its documentation rules out.
        case unexpected(String)
    }

    /// Makes an error of its parts.
    public init(operation: String, argument: String = "", cause: Cause) {
        self.operation = operation
        self.argument = argument
        self.cause = cause
    }

    /// The errno, if the kernel gave one.
    public var errno: Errno? {
        if case .system(let errno) = cause { errno } else { nil }
    }
}

extension KVMError: CustomStringConvertible {
    /// One line: operation, argument, errno by name and in words, and what the user can do.
    public var description: String {
        let subject = argument.isEmpty ? operation : "\(operation) (\(argument))"
        let reason =
            switch cause {
            case .system(let errno): "\(Self.name(of: errno)): \(errno)"
            case .refused(let reason), .unexpected(let reason): reason
            case .lacks(let capability): "this host's KVM lacks \(capability)"
            }
        return ["\(subject): \(reason)", advice].compactMap(\.self).joined(separator: "; ")
    }

    /// What the user can do about it, if anything is known.
    public var advice: String? {
        guard let errno else { return nil }
        switch operation {
        case "open": return openingAdvice(errno)
        case Request.getAPIVersion.name.description where errno == .inappropriateIOCTLForDevice:
            return "the file of that name is not KVM's device: remove it, and load the kvm module again"
        default: return callingAdvice(errno)
        }
    }

    private func openingAdvice(_ errno: Errno) -> String? {
        switch errno {
        case .noSuchFileOrDirectory:
            """
            load the kvm_intel or kvm_amd module, enable virtualization in the firmware, \
            or start the container with --device \(argument)
            """
        case .permissionDenied, .notPermitted:
            "run as root or join the group that owns \(argument) (usually kvm)"
        case .noSuchAddressOrDevice, .operationNotSupportedByDevice:
            "the kvm module is loaded, but finds no hardware support: enable virtualization in the firmware"
        case .tooManyOpenFiles, .tooManyOpenFilesInSystem:
            "raise the limit on open files (ulimit -n)"
        default: nil
        }
    }

    private func callingAdvice(_ errno: Errno) -> String? {
        switch errno {
        case .resourceBusy:
            "another hypervisor may hold the virtualization extensions: stop it, or the other user of this VM's resource"
        case .noMemory:
            "free memory, or raise the limits on locked memory and address space"
        case .invalidArgument:
            "this host's KVM does not accept that value: see what `KVM_CHECK_EXTENSION` offers"
        case .argListTooLong:
            "the list is longer than this host's KVM accepts"
        case .fileExists:
            "something already has that number or address: remove it first"
        case .noSuchAddressOrDevice, .operationNotSupportedByDevice, .inappropriateIOCTLForDevice:
            "this host's KVM lacks it: update the kernel or do without it"
        case .tooManyOpenFiles, .tooManyOpenFilesInSystem:
            "raise the limit on open files (ulimit -n)"
        case .badAddress:
            "the memory that was passed is not mapped"
        case .ioError:
            "the VM belongs to another process, or the kernel has declared it dead: see dmesg"
        default: nil
        }
    }

    /// The errno's symbol, such as `ENOENT`.
    static func name(of errno: Errno) -> String {
        // SAFETY: strerrorname_np returns NULL or a string of static storage duration.
        guard let name = unsafe ckvm_errno_name(errno.rawValue) else { return "errno \(errno.rawValue)" }
        return unsafe String(cString: name)
    }
}
