/// Why a machine cannot be built as the user asked.
public enum MachineError: Error, Hashable, CustomStringConvertible {
    /// The guest's file holds no bytes.
    case emptyGuest
    /// A flat image does not fit between its address and the end of the memory there. Has the bytes that do fit, and
    /// what the user can do.
    case guestTooLarge(bytes: Int, address: UInt64, free: UInt64, remedy: String)
    /// A firmware image is larger than the 16 MiB below 4 GiB that are reserved for it, or does not consist of whole
    /// pages.
    case unsuitableFirmware(bytes: Int)
    /// The size is less than a PC needs, more than a trace allows, or not a multiple of the page size.
    case unsuitableMemorySize(bytes: UInt64)
    /// A file breaks a rule of its format. Has the kind of file, and what is wrong.
    case malformed(String, String)
    /// The guest needs something that this machine cannot do. The text names it.
    case unsupported(String)
    /// A part of the guest lies where it cannot have memory.
    case outsideMemory(what: String, address: UInt64, bytes: UInt64)
    /// Two parts of the guest claim the same memory.
    case overlap(String, String, address: UInt64)
    /// There is no room left for something that can lie anywhere.
    case noRoom(for: String, bytes: UInt64, memory: UInt64)
    /// An option does not fit the guest. Has the option and the reason.
    case misusedOption(String, String)

    /// Whether the guest's file is at fault, and not the options.
    public var blamesTheGuest: Bool {
        switch self {
        case .emptyGuest, .unsuitableFirmware, .malformed, .unsupported, .outsideMemory, .overlap: true
        case .guestTooLarge, .unsuitableMemorySize, .noRoom, .misusedOption: false
        }
    }

    /// One line, without a final full stop.
    public var description: String {
        switch self {
        case .emptyGuest:
            "the guest is an empty file"
        case .guestTooLarge(let bytes, let address, let free, let remedy):
            "the guest has \(bytes) bytes, but only \(free >> 10) KiB are free at \(Self.hex(address)); \(remedy)"
        case .unsuitableFirmware(let bytes):
            "a firmware image of \(bytes) bytes cannot be mapped; its size must be a multiple of 4096 and at most 16 MiB"
        case .unsuitableMemorySize(let bytes):
            "\(bytes) bytes is not a possible memory size; give 1M to 512G, a multiple of 4096"
        case .malformed(let what, let problem):
            "malformed \(what): \(problem)"
        case .unsupported(let what):
            "cannot boot \(what)"
        case .outsideMemory(let what, let address, let bytes):
            "\(what), \(bytes) bytes at \(Self.hex(address)), lies outside the guest's memory; "
                + "if the guest needs more memory, give it with --memory"
        case .overlap(let what, let other, let address):
            "\(what) and \(other) overlap at \(Self.hex(address))"
        case .noRoom(let what, let bytes, let memory):
            "no room for the \(what) of \(bytes) bytes in \(memory >> 10) KiB of memory; give the guest more with --memory"
        case .misusedOption(let option, let reason):
            "\(option): \(reason)"
        }
    }

    private static func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
}
