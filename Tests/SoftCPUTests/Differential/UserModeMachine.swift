import CNative
import GuestMemory
import X86

@testable import SoftCPU

/// A software processor in user mode over a copy of the thunk's memory at the same addresses.
@safe
final class UserModeMachine {
    let processor: SoftCPU
    private let tables: UnsafeMutablePointer<UInt64>
    private let code: UnsafeMutablePointer<UInt8>
    let data: UnsafeMutablePointer<UInt64>
    static let dataWords = Int(NATIVE_DATA_SIZE) / 8
    /// Words in the middle of the data, which instructions are led to; the rest stays as it is.
    private static let hot = 0x3E00 / 8..<0x9400 / 8

    /// - Parameters:
    ///   - width: the code that it executes.
    ///   - cpuid: what CPUID answers.
    init(_ width: CodeWidth = .bits64, cpuid: [CPUIDEntry] = []) {
        func page(_ count: Int) -> UnsafeMutableRawPointer {
            let result = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 4096)
            unsafe result.initializeMemory(as: UInt8.self, repeating: 0, count: count)
            return unsafe result
        }
        func mapping(_ address: UInt64, size: UInt64, host: UnsafeMutableRawPointer) -> GuestMemory.Mapping {
            let region = GuestMemory.Region(address: GuestPhysicalAddress(address), size: size)
            return unsafe GuestMemory.Mapping(region, host: host)
        }
        let tableBytes = 0x6000
        let rawTables = unsafe page(tableBytes)
        let rawCode = unsafe page(4096)
        let rawData = unsafe page(Int(NATIVE_DATA_SIZE))
        unsafe tables = rawTables.assumingMemoryBound(to: UInt64.self)
        unsafe code = rawCode.assumingMemoryBound(to: UInt8.self)
        unsafe data = rawData.assumingMemoryBound(to: UInt64.self)
        // Four levels: root, pointers, directory, then one table for code and one for data.
        unsafe tables[0] = 0x1007 + 0x1000
        unsafe tables[0x1000 / 8] = 0x3007
        unsafe tables[0x2000 / 8 + Int(NATIVE_CODE >> 21)] = 0x4007
        unsafe tables[0x2000 / 8 + Int(NATIVE_DATA >> 21)] = 0x5007
        unsafe tables[0x3000 / 8] = NATIVE_CODE | 7
        for index in 0..<Int(NATIVE_DATA_SIZE >> 12) {
            unsafe tables[0x4000 / 8 + index] = NATIVE_DATA + UInt64(index) << 12 | 7
        }
        unsafe tables[0x4000 / 8 + Int((NATIVE_READ_ONLY - NATIVE_DATA) >> 12)] = NATIVE_READ_ONLY | 5
        var configuration = SoftConfiguration()
        configuration.quirks = NativeCode.quirks
        configuration.cpuid = cpuid
        let memory = unsafe [
            mapping(0x1000, size: UInt64(tableBytes), host: rawTables),
            mapping(NATIVE_CODE, size: 4096, host: rawCode),
            mapping(NATIVE_DATA, size: NATIVE_DATA_SIZE, host: rawData),
        ]
        processor = SoftCPU(memory: memory, configuration: configuration)
        processor.state = Self.userState(width)
        processor.stops = Set(((1...15).map { NATIVE_START + $0 } + [NATIVE_BRANCH]).map { GuestVirtualAddress($0) })
        copyData()
    }

    private static func userState(_ width: CodeWidth) -> ProcessorState {
        var state = ProcessorState.reset(signature: 0)
        state.control.cr0 = 0x8005_0033
        // PAE, MCE, PGE, OSFXSR, OSXMMEXCPT, OSXSAVE.
        state.control.cr4 = 0x4_06E0
        state.control.xcr0 = 3
        state.control.efer = 0xD01
        state.control.cr3 = 0x1000
        state.segments.cs = .init(limit: 0xFFFF_FFFF, selector: 0x33, accessRights: 0xA0FB)
        state.segments.ss = .init(limit: 0xFFFF_FFFF, selector: 0x2B, accessRights: 0xC0F3)
        for segment in [\ProcessorState.Segments.ds, \.es, \.fs, \.gs] {
            state.segments[keyPath: segment] = .init(limit: 0xFFFF_FFFF, accessRights: 1 << 16)
        }
        if width == .bits32 {
            state.segments.cs = .init(limit: 0xFFFF_FFFF, selector: 0x23, accessRights: 0xC0FB)
            state.segments.ds = state.segments.ss
            state.segments.es = state.segments.ss
        }
        // A task without a bit map: no port is allowed.
        state.segments.tr = .init(limit: 0, accessRights: 0x8B)
        // No vector has a gate: every exception ends the run.
        state.idt.limit = 0
        return state
    }

    /// Puts the same random bytes into both memories. Instructions then change them alike, so once is enough.
    func fillData(_ random: inout RandomOperands) {
        // SAFETY: the thunk has mapped its data there, as large as ours.
        for index in Self.hot { unsafe native[index] = random.next() }
        copyData()
    }

    /// Makes our data what the thunk's is.
    func copyData() {
        // SAFETY: both are as large as the data region.
        unsafe data.update(from: native, count: Self.dataWords)
        processor.memoryChanged(at: GuestPhysicalAddress(NATIVE_DATA), count: Int(NATIVE_DATA_SIZE))
    }

    /// Puts words into both memories, as far as they are data that can be written.
    func put(_ words: [UInt64], at address: UInt64) {
        let end = NATIVE_READ_ONLY - NATIVE_DATA
        for (index, word) in words.enumerated() {
            let offset = address &- NATIVE_DATA &+ 8 * UInt64(index)
            guard offset <= end - 8 else { return }
            unsafe UnsafeMutableRawPointer(native).storeBytes(of: word, toByteOffset: Int(offset), as: UInt64.self)
            unsafe UnsafeMutableRawPointer(data).storeBytes(of: word, toByteOffset: Int(offset), as: UInt64.self)
        }
    }

    /// The thunk's data.
    var native: UnsafeMutablePointer<UInt64> {
        unsafe UnsafeMutablePointer<UInt64>(bitPattern: UInt(NATIVE_DATA))!
    }

    /// Takes registers and code over.
    func load(_ bytes: [UInt8], registers: [UInt64], flags: UInt64, _ vectors: VectorRegisters) {
        let cpu = processor.cpu
        for index in 0..<16 { cpu.state.general[index] = registers[index] }
        cpu.flags = flags
        cpu.state.ip = NATIVE_START
        cpu.state.vector = vectors
        for (index, byte) in bytes.enumerated() { unsafe code[0x800 + index] = byte }
        processor.memoryChanged(at: GuestPhysicalAddress(NATIVE_START), count: 16)
    }

    /// Executes up to what is behind the instruction; says whether it did not fault.
    func run() -> Bool { processor.run(upTo: 1000) == .stopped }
}
