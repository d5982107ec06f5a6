import ByteCoding
import Glibc
import SystemPackage
import TestBasics
import X86

@testable import TraceFormat

/// Traces for tests to read and to spoil.
enum SampleTrace {
    static let symbols = [
        GuestSymbol(name: "start", address: GuestVirtualAddress(0x7C00), size: 0),
        GuestSymbol(name: "main loop", address: GuestVirtualAddress(.max), size: .max),
    ]

    /// What ``writeSmall(to:)`` says was completed for its host.
    static let completedInstructions: [String: UInt64] = ["fwait": 2, "cmpxchg16b": .max, "int3": 300]

    /// Every kind of event and of chunk, in a few KB.
    static func writeSmall(to path: FilePath) throws {
        var writer = try TraceWriter(path: path, header: .sample, symbols: symbols)
        var memory = SampleMemory(seed: 3, pages: 4)
        writer.append(keyframe: 0, of: &memory)
        for event in Event.samples.filter({ !$0.isLong }) {
            writer.append(event, rip: event.kind.isExit ? 0xF_FFF0 : 0, time: 5)
        }
        writer.append(keyframe: 1, of: &memory)
        writer.append(.halt, rip: 0xF_FFF0, time: 6)
        writer.append(keyframe: 2, of: &memory)
        try writer.finish(.stopped(.consoleText("done")), completedInstructions: completedInstructions, time: 7)
    }

    /// Many chunks of every kind.
    static func writeLarge(to path: FilePath) throws {
        var writer = try TraceWriter(path: path, header: .sample, symbols: symbols)
        var memory = SampleMemory(seed: 4, pages: 20)
        var generator = SeededGenerator(seed: 5)
        for number in 0..<12 {
            writer.append(keyframe: number, of: &memory)
            for _ in 0..<20 {
                let event = Event.random(using: &generator)
                writer.append(event, rip: event.kind.isExit ? 0x1000 : 0, time: UInt32(number))
            }
        }
        try writer.finish(.emulationFailure(address: .init(0x1000), instruction: [0x9B], text: "fwait"), time: 13)
    }
}

/// Guest memory that changes from keyframe to keyframe.
struct SampleMemory {
    private(set) var pages: [[UInt8]]
    private var generator: SeededGenerator

    init(seed: UInt64, pages count: Int) {
        generator = SeededGenerator(seed: seed)
        pages = (0..<count).map { index in [UInt8](repeating: UInt8(index), count: 4096) }
    }

    /// The sum of the digests of all pages that are not zero.
    var digest: Digest128 {
        pages.enumerated().reduce(.zero) { sum, page in
            let (number, bytes) = page
            guard bytes.contains(where: { $0 != 0 }) else { return sum }
            return sum + Digest128(hashing: bytes.rawSpan, seed: UInt64(number) * 4096)
        }
    }

    /// Changes some bytes, or all, of some pages, and returns which.
    mutating func change() -> [Int] {
        let changed = pages.indices.filter { _ in Bool.random(using: &generator) }
        for index in changed {
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: pages[index] = [UInt8](repeating: 0, count: 4096)
            case 1: pages[index] = pages[Int.random(in: pages.indices, using: &generator)]
            default:
                for _ in 0..<5 { pages[index][Int.random(in: 0..<4096, using: &generator)] ^= 0x55 }
            }
        }
        return changed
    }
}

extension TraceWriter {
    /// Appends a keyframe: all pages for the first, then what changes.
    mutating func append(keyframe number: Int, of memory: inout SampleMemory) {
        for page in number == 0 ? Array(memory.pages.indices) : memory.change() {
            let bytes = memory.pages[page]
            addPage(GuestPhysicalAddress(UInt64(page) * 4096), bytes.rawSpan)
        }
        var state = ProcessorState()
        state.rip = UInt64(number)
        state.extended.components = [0: [UInt8](repeating: UInt8(number), count: 160)]
        let digest = StateDigest(of: state, memory: memory.digest)
        appendKeyframe(number % 2 == 0 ? .synchronous : .asynchronous, state: state, digest: digest, time: 9)
    }
}

extension Event {
    /// Whether it would make a small trace large.
    var isLong: Bool {
        switch self {
        case .deviceWrite(_, let bytes): bytes.count > 4096
        case .deviceRead(let read): read.byteCount > 4096
        default: false
        }
    }

    /// Any event but a keyframe or the end, with any values.
    static func random(using generator: inout SeededGenerator) -> Event {
        let number = UInt64.random(in: 0...(.max), using: &generator)
        let size: AccessSize = [.byte, .word, .doubleword].randomElement(using: &generator) ?? .byte
        let length = UInt8.random(in: 1...8, using: &generator)
        let port = PortAccess(
            port: Port(UInt16(truncatingIfNeeded: number >> 40)),
            size: size,
            value: UInt32(number & size.mask)
        )
        let memory = MemoryAccess(
            address: GuestPhysicalAddress(number &* 31),
            length: length,
            value: number >> (64 - 8 * UInt64(length))
        )
        let kinds = Event.Kind.allCases.filter { $0 != .keyframe && $0 != .end }
        switch kinds.randomElement(using: &generator) ?? .halt {
        case .portRead: return .portRead(port)
        case .portWrite: return .portWrite(port)
        case .memoryRead: return .memoryRead(memory)
        case .memoryWrite: return .memoryWrite(memory)
        case .readMSR: return .readMSR(index: UInt32(number >> 32), value: number % 3 == 0 ? nil : number)
        case .writeMSR: return .writeMSR(index: UInt32(number >> 32), value: number, faults: number % 2 == 0)
        case .interrupt: return .interrupt(vector: UInt8(truncatingIfNeeded: number))
        case .nonMaskableInterrupt: return .nonMaskableInterrupt
        case .deviceWrite:
            let bytes = (0..<number % 100).map { UInt8(truncatingIfNeeded: number >> ($0 % 50)) }
            return .deviceWrite(address: GuestPhysicalAddress(number), bytes: bytes)
        case .deviceRead:
            let bytes = (0..<number % 100).map { UInt8(truncatingIfNeeded: number >> ($0 % 50)) }
            let contents: [DeviceRead.Content] = [
                .arguments(bytes), .data(bytes), .digest(Digest128(low: number, high: 1), count: number >> 24 | 1),
            ]
            return .deviceRead(
                DeviceRead(
                    port: port.port,
                    address: memory.address,
                    content: contents[Int(number % 3)],
                    isConsole: number % 3 == 1
                )
            )
        case .hiddenRead:
            let instruction = HiddenRead.Instruction.allCases[Int(number % 6)]
            return .hiddenRead(
                HiddenRead(
                    instruction: instruction,
                    value: number,
                    auxiliary: UInt32(number >> 32),
                    succeeded: number % 2 == 0
                )
            )
        case .tripleFault: return .tripleFault
        case .halt, .keyframe, .end: return .halt
        }
    }
}

extension StateDigest {
    /// Any digest.
    static let sample = StateDigest(processor: Digest128(low: 1, high: 2), memory: Digest128(low: 3, high: 4))

    /// That of a state, with memory of this digest: all zero if none is given.
    init(of state: ProcessorState, memory: Digest128 = .zero) {
        var writer = ByteWriter()
        state.encode(to: &writer)
        let bytes = writer.bytes
        self.init(processor: Digest128(hashing: bytes.rawSpan), memory: memory)
    }
}
