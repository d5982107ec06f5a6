internal import CDwarf
internal import Glibc
internal import Synchronization
public import SystemPackage
public import TraceFormat
internal import X86

/// A program's ELF file, or that with its debug information, as libdw reads it: names, source lines, build id.
///
/// All addresses are those that the file says. In a relocatable file, such as a kernel module, they are offsets in `.text`.
public final class ProgramFile: Sendable {
    /// The names of functions, data and labels, by rising address.
    public let symbols: [GuestSymbol]
    /// The lowest address.
    public let start: UInt64
    /// Whether the file does not say where it will be: it is a kernel module, or position-independent.
    public let isRelocatable: Bool
    /// The build id, and the address at which a loaded program has it; nil if there is none.
    public let buildID: (bytes: [UInt8], address: UInt64)?
    private let library: Mutex<DebugLibrary>

    /// Why a file is of no use, in a few words.
    public struct Failure: Error, CustomStringConvertible {
        /// The words.
        public let description: String

        /// What libdw says went wrong last.
        fileprivate static var last: Failure {
            // SAFETY: libdw's messages are constant strings.
            let message = unsafe dwfl_errmsg(-1).map { unsafe String(cString: $0) }
            return Failure(description: message ?? "it is no ELF file")
        }
    }

    /// Reads a file, and the file with its debug information if it names one that is installed.
    public init(_ path: FilePath) throws(Failure) {
        guard let session = unsafe dwfl_begin(DebugFiles.callbacks.pointer) else { throw .last }
        // SAFETY: the strings live as long as the call; -1 has libdw open the file.
        let module = unsafe path.withPlatformString { unsafe dwfl_report_offline(session, $0, $0, -1) }
        guard let module = unsafe module, unsafe dwfl_report_end(session, nil, nil) == 0 else {
            let failure = Failure.last
            unsafe dwfl_end(session)
            throw failure
        }
        var bias: GElf_Addr = 0
        guard let elf = unsafe dwfl_module_getelf(module, &bias) else {
            let failure = Failure.last
            unsafe dwfl_end(session)
            throw failure
        }
        // SAFETY: the handles are valid until the session ends, which is after this.
        let image = unsafe ProgramImage(module, elf, bias: bias)
        start = image.start
        isRelocatable = image.isRelocatable
        symbols = image.symbols
        buildID = image.buildID
        // Has libdw find the debug information now, while files can be opened.
        var ignored: Dwarf_Addr = 0
        _ = unsafe dwfl_module_getdwarf(module, &ignored)
        library = unsafe Mutex(DebugLibrary(session: session, module: module, bias: image.bias))
    }

    /// The source line of the instruction at an address of the file; nil if the debug information does not say.
    func sourceLine(of address: UInt64) -> SourceLine? { library.withLock { $0.sourceLine(of: address) } }
}

/// How libdw finds files: a program's own, and debug information where Debian installs it.
private enum DebugFiles {
    /// Callbacks that live as long as the program.
    @safe
    struct Callbacks: @unchecked Sendable {
        let pointer: UnsafePointer<Dwfl_Callbacks>
    }

    static let callbacks: Callbacks = {
        let callbacks = UnsafeMutablePointer<Dwfl_Callbacks>.allocate(capacity: 1)
        // SAFETY: the memory was just allocated, and is never freed.
        unsafe callbacks.initialize(
            to: Dwfl_Callbacks(
                find_elf: nil,
                find_debuginfo: dwfl_standard_find_debuginfo,
                section_address: dwfl_offline_section_address,
                debuginfo_path: nil
            )
        )
        return unsafe Callbacks(pointer: UnsafePointer(callbacks))
    }()
}
