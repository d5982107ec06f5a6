import KVMCore
import Testing
import X86

@testable import KVMEngine

/// Segment registers that no instruction can tell apart have one form, whatever a processor leaves in them.
@Suite struct NullSegmentTests {
    private static let unusable: UInt32 = 1 << 16

    private func rights(limit: UInt32, selector: UInt16) -> UInt32 {
        let segment = KVMCore.Segment(base: 0, limit: limit, selector: selector, type: 2, isCodeOrData: false)
        return ProcessorState.Segment(localTable: segment).accessRights
    }

    @Test func aNullTableWithoutRoomForADescriptorIsUnusable() {
        #expect(rights(limit: 0, selector: 0) == Self.unusable)
        #expect(rights(limit: 6, selector: 3) == Self.unusable)
    }

    @Test func aTableWithRoomIsLeftAsItIs() {
        // As RESET leaves it.
        #expect(rights(limit: 0xFFFF, selector: 0) == 0x82)
        #expect(rights(limit: 7, selector: 0) == 0x82)
        #expect(rights(limit: 0, selector: 8) == 0x82)
    }

    @Test(
        arguments: [
            (UInt16(0), UInt64(0x500), UInt32(0xA09B), unusable), (3, 0x500, 0xA09B, unusable),
            // Another selector, 32-bit code, and no long mode.
            (8, 0x500, 0xA09B, 0xC093), (0, 0x500, 0xC09B, 0xC093), (0, 0, 0xA09B, 0xC093),
        ]
    )
    func aNullStackOf64BitCodeIsUnusable(selector: UInt16, efer: UInt64, code: UInt32, expected: UInt32) {
        var state = ProcessorState()
        state.control.efer = efer
        state.segments.cs.accessRights = code
        state.segments.ss = .init(limit: 0xFFFF_FFFF, selector: selector, accessRights: 0xC093)

        state.simplifyNullStack()

        #expect(state.segments.ss.accessRights == expected)
        #expect(state.segments.ss.limit == (expected == Self.unusable ? 0 : 0xFFFF_FFFF))
    }
}
