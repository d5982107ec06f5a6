import KVMCore
import Testing
import X86

@testable import Engine
@testable import KVMEngine

@Suite struct ExtendedStateLayoutTests {
    /// AVX at 576, as every processor has it, and a supervisor component, which the standard format does not hold.
    private static let layout = ExtendedStateLayout(cpuid: [
        CPUIDEntry(function: 0xD, index: 0, isIndexed: true, eax: 7),
        CPUIDEntry(function: 0xD, index: 2, isIndexed: true, eax: 256, ebx: 576),
        CPUIDEntry(function: 0xD, index: 11, isIndexed: true, eax: 16, ebx: 0, ecx: 1),
    ])
    private static let size = 4096
    private static let initialX87: [UInt8] = [0x7F, 0x03]

    /// An area whose header says which components are in use.
    private static func area(inUse: UInt8, _ contents: [(Int, [UInt8])] = []) -> [UInt8] {
        var area = [UInt8](repeating: 0, count: size)
        area.replaceSubrange(0..<2, with: initialX87)
        area.replaceSubrange(24..<28, with: [0x80, 0x1F, 0, 0])
        for (offset, bytes) in contents { area.replaceSubrange(offset..<offset + bytes.count, with: bytes) }
        area[512] = inUse
        return area
    }

    @Test(
        "Encodings of the initial state are equal",
        arguments: [
            area(inUse: 0),
            area(inUse: 1),
            area(inUse: 2),
            area(inUse: 7),
            area(inUse: 0, [(0, [0xAA, 0xAA]), (160, [1, 2, 3]), (576, [4])]),
            area(inUse: 3, [(28, [0xFF, 0xFF]), (416, [1, 2, 3])]),
        ]
    )
    func initialStateHasOneForm(area: [UInt8]) {
        #expect(Self.layout.extendedState(of: area) == ProcessorState.ExtendedState())
    }

    @Test(
        "Each register file is kept",
        arguments: [
            (0, area(inUse: 1, [(0, [0x7F, 0x02])])), (0, area(inUse: 1, [(159, [1])])),
            (1, area(inUse: 2, [(415, [1])])), (2, area(inUse: 4, [(831, [1])])),
        ]
    )
    func aComponentInUseIsKept(number: Int, area: [UInt8]) throws {
        let state = Self.layout.extendedState(of: area)
        #expect(Array(state.components.keys) == [number])
        let rebuilt = try Self.layout.area(of: state, size: Self.size)
        #expect(Self.layout.extendedState(of: rebuilt) == state)
    }

    @Test func controlAndStatusAreKept() throws {
        let state = Self.layout.extendedState(of: Self.area(inUse: 2, [(24, [0xA0, 0x1F])]))
        #expect(state.mxcsr == 0x1FA0)
        let rebuilt = try Self.layout.area(of: state, size: Self.size)
        #expect(Array(rebuilt[24..<28]) == [0xA0, 0x1F, 0, 0])
    }

    @Test(arguments: [(9, 256), (2, 255), (0, 10), (11, 16)])
    func aComponentThatTheHostLacksIsRefused(number: Int, count: Int) {
        var state = ProcessorState.ExtendedState()
        state.components[number] = [UInt8](repeating: 1, count: count)
        #expect(throws: EngineError.self) { try Self.layout.area(of: state, size: Self.size) }
    }

    @Test func aComponentBeyondTheAreaIsRefused() {
        var state = ProcessorState.ExtendedState()
        state.components[2] = [UInt8](repeating: 1, count: 256)
        #expect(throws: EngineError.self) { try Self.layout.area(of: state, size: 600) }
    }
}
