internal import Glibc
public import KVMCore
public import X86

/// Why an engine could not do what it was asked.
public enum EngineError: Error, CustomStringConvertible {
    /// The host refused memory for the guest; `errno` as `mmap` gave it.
    case memoryRefused(bytes: UInt64, errno: Int32)
    /// The memory map breaks a rule; the text names it.
    case invalidMemoryMap(String)
    /// An access lies outside the guest's memory.
    case outsideMemory(GuestPhysicalAddress, bytes: Int)
    /// A KVM call failed.
    case kvm(KVMError)
    /// An instruction has another access to make, so that the state is not that between two instructions.
    case unfinishedInstruction
    /// This host lacks what a guest or a trace needs; the text names it.
    case hostLacks(String)
    /// This host cannot show a guest the processor that it was recorded with.
    case hostDiffers([CPUIDDifference])

    /// One line, without a final full stop.
    public var description: String {
        switch self {
        case .memoryRefused(let bytes, let errno):
            "the host refused \(bytes >> 20) MiB of guest memory (\(unsafe String(cString: strerror(errno)))); "
                + "use a smaller --memory"
        case .invalidMemoryMap(let problem):
            "invalid memory map: \(problem)"
        case .outsideMemory(let address, let bytes):
            "\(bytes) bytes at \(address) are outside the guest's memory"
        case .kvm(let error):
            "\(error)"
        case .unfinishedInstruction:
            "the guest's instruction has another access to make"
        case .hostLacks(let what):
            "this host lacks \(what)"
        case .hostDiffers(let differences):
            "this host cannot show the guest the recorded processor: "
                + differences.map(\.explanation).joined(separator: "; ")
        }
    }
}
