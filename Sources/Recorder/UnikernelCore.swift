internal import ByteCoding
internal import Engine
internal import Glibc
internal import GuestMemory
internal import RecordedMachine
internal import SystemPackage
internal import TraceFormat
internal import X86

/// The core file that a unikernel leaves when it aborts.
struct UnikernelCore {
    private let file: CoreFile
    private let memory: GuestMemory

    /// Captures the state. A cookie left by a unikernel says where it was before its own fault handler ran.
    init?<P: Processor & ~Copyable>(_ processor: inout P, cookie: [UInt8]?) throws(EngineError) {
        var state = try processor.state()
        if let cookie { state.take(trapFrame: cookie) }
        memory = processor.memory
        let regions = memory.regions.map { TraceHeader.MemoryRegion(address: $0.address, size: $0.size) }
        guard let file = CoreFile(state, regions: regions) else { return nil }
        self.file = file
    }

    /// Writes the file under the name `core.solo5-hvt.PID`, as Solo5's own tender does.
    func write(into directory: FilePath) -> Result<FilePath, Errno> {
        let path = directory.appending("core.solo5-hvt.\(getpid())")
        do {
            let descriptor = try FileDescriptor.open(
                path,
                .writeOnly,
                options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: .ownerReadWrite
            )
            try descriptor.closeAfter {
                try file.write(to: descriptor) { try memory.read(at: $0, count: GuestMemory.pageSize) }
            }
            return .success(path)
        } catch {
            return .failure(error as? Errno ?? .ioError)
        }
    }
}

extension ProcessorState {
    /// Takes the registers that a unikernel's fault handler has saved: CR2, error code, RIP, CS, RFLAGS, RSP and SS.
    fileprivate mutating func take(trapFrame bytes: [UInt8]) {
        var cursor = ByteCursor(bytes.rawSpan)
        guard (try? cursor.readBytes(count: 16)) != nil, let rip = try? cursor.read(UInt64.self),
            let cs = try? cursor.read(UInt64.self), let rflags = try? cursor.read(UInt64.self),
            let rsp = try? cursor.read(UInt64.self), let ss = try? cursor.read(UInt64.self)
        else { return }
        self.rip = rip
        self.rflags = rflags
        self[.rsp] = rsp
        segments.cs.selector = UInt16(truncatingIfNeeded: cs)
        segments.ss.selector = UInt16(truncatingIfNeeded: ss)
    }
}

extension Outcome {
    /// The exit status that a unikernel uses to report an abort (`SOLO5_EXIT_ABORT`).
    private static let abortStatus: UInt32 = 255

    /// Whether a core file is useful after this outcome.
    var leavesCore: Bool {
        switch self {
        case .exited(let code): code == Self.abortStatus
        case .tripleFault, .guestFault, .emulationFailure: true
        default: false
        }
    }
}
