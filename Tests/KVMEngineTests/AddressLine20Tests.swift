import GuestMemory
import Testing
import X86

@testable import Engine
@testable import KVMEngine

@Suite struct AddressLine20Tests {
    private static func slots(_ start: UInt64, _ size: UInt64, isMasked: Bool) -> [[UInt64]] {
        let region = GuestMemory.Region(address: GuestPhysicalAddress(start), size: size)
        return KVMProcessor.Slot.layout(of: [region], masksAddressLine20: isMasked).map {
            [$0.offset, $0.size, $0.address.rawValue]
        }
    }

    @Test func memoryIsLentAsAWholeWhileTheLineIsLetThrough() {
        #expect(Self.slots(0, 0x40_0000, isMasked: false) == [[0, 0x40_0000, 0]])
    }

    @Test func everyEvenMegabyteIsLentTwiceWhileTheLineIsMasked() {
        #expect(
            Self.slots(0, 0x38_0000, isMasked: true) == [
                [0, 0x10_0000, 0], [0, 0x10_0000, 0x10_0000],
                [0x20_0000, 0x10_0000, 0x20_0000], [0x20_0000, 0x10_0000, 0x30_0000],
            ]
        )
        #expect(Self.slots(0, 0xA_0000, isMasked: true) == [[0, 0xA_0000, 0], [0, 0xA_0000, 0x10_0000]])
        #expect(Self.slots(0x10_0000, 0x8_0000, isMasked: true).isEmpty)
        #expect(Self.slots(0xFFFC_0000, 0x4_0000, isMasked: true).isEmpty)
        #expect(Self.slots(1 << 32, 0x40_0000, isMasked: true) == [[0, 0x40_0000, 1 << 32]])
    }

    @Test func addressesAreMaskedBehindPaging() {
        var state = ProcessorState()
        state.masksAddressLine20 = true
        let address = state.translate(GuestVirtualAddress(0x30_1234)) { _, _ in nil }
        #expect(address == GuestPhysicalAddress(0x20_1234))
        state.control.cr0 = 1 << 31
        state.control.cr3 = 0x10_0000
        // A directory and a table of 32-bit paging, in odd megabytes.
        let paged = state.translate(GuestVirtualAddress(0x1FFF)) { address, _ in
            [0: 0x0050_0003, 0x40_0004: 0x0070_0003][address.rawValue]
        }
        #expect(paged == GuestPhysicalAddress(0x60_0FFF))
    }

    @Test(arguments: [[0], [1]] as [[UInt8]]) func aWriteOfOneByteSaysWhatBecomesOfTheLine(bytes: [UInt8]) {
        #expect(AddressLine20.isMasked(by: AddressLine20.control, bytes) == (bytes == [1]))
        #expect(AddressLine20.isMasked(by: GuestPhysicalAddress(0x10_0000), bytes) == nil)
        #expect(AddressLine20.isMasked(by: AddressLine20.control, bytes + bytes) == nil)
    }
}
