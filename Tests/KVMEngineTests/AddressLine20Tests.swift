import GuestMemory
import TestBasics
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

    /// A store of 7 at FFFF:5010, which is 0x105000.
    private static let highStore: [UInt8] = [
        0xB8, 0xFF, 0xFF,  // mov ax, 0xffff
        0x8E, 0xC0,  // mov es, ax
        0x26, 0xC6, 0x06, 0x10, 0x50, 0x07,  // mov byte [es:0x5010], 7
        0xF4,  // hlt
    ]

    @Test(.needsKVM) func aStoreAboveTheFirstMegabyteIsOneBelow() throws {
        var machine = try TinyMachine(Self.highStore)
        _ = try machine.processor.takeDirtyPages(expecting: [])
        try machine.processor.maskAddressLine20(true)
        #expect(try machine.run() == .halt)
        #expect(try machine.read(at: 0x5000, 1) == [7])
        let pages = try machine.processor.takeDirtyPages(expecting: [])
        #expect(pages.contains(GuestPhysicalAddress(0x5000)))
        #expect(try machine.processor.takeDirtyPages(expecting: []).isEmpty)
        #expect(try machine.state().masksAddressLine20)
    }

    @Test(.needsKVM) func whatWasWrittenBeforeAChangeIsNotForgotten() throws {
        var machine = try TinyMachine([0xC6, 0x06, 0x00, 0x50, 0x01, 0xF4])  // mov byte [0x5000], 1; hlt
        _ = try machine.processor.takeDirtyPages(expecting: [])
        #expect(try machine.run() == .halt)
        try machine.processor.maskAddressLine20(true)
        try machine.processor.maskAddressLine20(false)
        let pages = try machine.processor.takeDirtyPages(expecting: [])
        #expect(pages.contains(GuestPhysicalAddress(0x5000)))
    }

    @Test(.needsKVM) func theLineIsPartOfTheState() throws {
        var machine = try TinyMachine(Self.highStore)
        var state = try machine.state()
        let open = state
        #expect(try machine.run() == .memoryWrite(GuestPhysicalAddress(0x10_5000), length: 1, value: 7))
        state.masksAddressLine20 = true
        try machine.processor.restore(state)
        #expect(try machine.run() == .halt)
        try machine.processor.restore(open)
        #expect(try machine.run() == .memoryWrite(GuestPhysicalAddress(0x10_5000), length: 1, value: 7))
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
