internal import ByteCoding
internal import Engine
internal import Glibc
internal import GuestMemory
internal import SystemPackage
internal import TraceFormat
internal import X86

/// A guest's state as an ELF core file for debuggers. It has the registers in a note, and all of the memory.
struct CoreFile {
    private let registers: [UInt8]
    private let memory: GuestMemory

    private static let headerSize = 64
    private static let programHeaderSize = 56
    private static let pageSize = UInt64(GuestMemory.pageSize)

    /// Captures the state. A cookie left by a unikernel says where it was before its own fault handler ran.
    init<P: Processor & ~Copyable>(_ processor: inout P, cookie: [UInt8]?) throws(EngineError) {
        var state = try processor.state()
        if let cookie { state.take(trapFrame: cookie) }
        registers = state.registerNote
        memory = processor.memory
    }

    /// Writes the file under the name `core.solo5-hvt.PID`, as Solo5's own tender does. Pages of zeros take no space.
    func write(into directory: FilePath) -> Result<FilePath, Errno> {
        let path = directory.appending("core.solo5-hvt.\(getpid())")
        do {
            let file = try FileDescriptor.open(
                path,
                .writeOnly,
                options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: .ownerReadWrite
            )
            try file.closeAfter { try write(to: file) }
            return .success(path)
        } catch {
            return .failure(error as? Errno ?? .ioError)
        }
    }

    private func write(to file: FileDescriptor) throws {
        let head = head
        try file.writeAll(toAbsoluteOffset: 0, head)
        var offset = Self.dataOffset(afterHead: head.count)
        let zeros = [UInt8](repeating: 0, count: GuestMemory.pageSize)
        for region in memory.regions {
            for place in stride(from: 0, to: region.size, by: GuestMemory.pageSize) {
                let page = try memory.read(
                    at: GuestPhysicalAddress(region.address.rawValue + place),
                    count: zeros.count
                )
                guard page != zeros else { continue }
                try file.writeAll(toAbsoluteOffset: Int64(offset + place), page)
            }
            offset += region.size
        }
        guard ftruncate(file.rawValue, Int(offset)) == 0 else { throw Errno(rawValue: errno) }
    }

    private static func dataOffset(afterHead size: Int) -> UInt64 {
        (UInt64(size) + pageSize - 1) / pageSize * pageSize
    }

    /// The ELF header, program headers and note.
    private var head: [UInt8] {
        let count = memory.regions.count + 1
        let noteOffset = Self.headerSize + count * Self.programHeaderSize
        var writer = ByteWriter(capacity: noteOffset + registers.count)
        writer.write(bytes: [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0xFF] + [UInt8](repeating: 0, count: 8))
        writer.write(UInt16(4))  // ET_CORE
        writer.write(UInt16(62))  // EM_X86_64
        writer.write(UInt32(1))
        for offset in [0, UInt64(Self.headerSize), 0] { writer.write(offset) }
        writer.write(UInt32(0))
        for size in [Self.headerSize, Self.programHeaderSize, count, 0, 0, 0] { writer.write(UInt16(size)) }
        Self.write(kind: 4, at: UInt64(noteOffset), address: 0, size: UInt64(registers.count), &writer)
        var offset = Self.dataOffset(afterHead: noteOffset + registers.count)
        for region in memory.regions {
            Self.write(kind: 1, at: offset, address: region.address.rawValue, size: region.size, &writer)
            offset += region.size
        }
        writer.write(bytes: registers)
        return writer.bytes
    }

    private static func write(
        kind: UInt32,
        at offset: UInt64,
        address: UInt64,
        size: UInt64,
        _ writer: inout ByteWriter
    ) {
        writer.write(kind)
        writer.write(UInt32(0))
        for number in [offset, address, address, size, size, 0] { writer.write(number) }
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

    /// The NT_PRSTATUS note: Linux's `struct elf_prstatus` with only the registers filled in.
    fileprivate var registerNote: [UInt8] {
        let bytesBeforeRegisters = 112
        var writer = ByteWriter()
        writer.write(UInt32(5))
        writer.write(UInt32(336))
        writer.write(UInt32(1))
        writer.write(bytes: Array("CORE\0\0\0\0".utf8))
        writer.write(bytes: [UInt8](repeating: 0, count: bytesBeforeRegisters))
        let first: [GeneralRegister] = [
            .r15, .r14, .r13, .r12, .rbp, .rbx, .r11, .r10, .r9, .r8, .rax, .rcx, .rdx, .rsi, .rdi,
        ]
        for register in first { writer.write(self[register]) }
        let rest: [UInt64] = [
            self[.rax], rip, UInt64(segments.cs.selector), rflags, self[.rsp], UInt64(segments.ss.selector),
            segments.fs.base, segments.gs.base,
        ]
        for number in rest { writer.write(number) }
        for segment in [segments.ds, segments.es, segments.fs, segments.gs] { writer.write(UInt64(segment.selector)) }
        writer.write(UInt64(0))
        return writer.bytes
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
