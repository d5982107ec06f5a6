import KVMCore
import TestBasics
import Testing
import X86

@Suite(.needsKVM) struct ExitTests {
    @Test func aPortWriteLendsItsData() throws {
        var guest = try TinyGuest([
            0xB0, 0x42,  // mov al, 0x42
            0xE6, 0x10,  // out 0x10, al
        ])
        try guest.runToExit()
        #expect(try guest.summary() == "out 0x10 byte 42")
    }

    @Test func aWordWrittenToAPortIsOneElement() throws {
        var guest = try TinyGuest([
            0xB8, 0x34, 0x12,  // mov ax, 0x1234
            0xBA, 0xF8, 0x03,  // mov dx, 0x3f8
            0xEF,  // out dx, ax
        ])
        try guest.runToExit()
        #expect(try guest.summary() == "out 0x3f8 word 34 12")
    }

    @Test func whatIsPutIntoAPortReadIsWhatTheGuestReads() throws {
        var guest = try TinyGuest([
            0xE5, 0x20,  // in ax, 0x20
            0xF4,  // hlt
        ])
        try guest.runToExit()
        #expect(try guest.summary() == "in 0x20 word 2")
        try Self.answer(&guest.vcpu, with: UInt16(0xBEEF))
        try guest.runToHalt()
        #expect(try guest.vcpu.registers().rax & 0xFFFF == 0xBEEF)
    }

    @Test func aMemoryWriteOutsideEverySlotLendsItsData() throws {
        var guest = try TinyGuest([
            0xB8, 0x00, 0xF0,  // mov ax, 0xf000
            0x8E, 0xD8,  // mov ds, ax
            0xB8, 0x78, 0x56,  // mov ax, 0x5678
            0xA3, 0x04, 0x00,  // mov [0x4], ax
        ])
        try guest.runToExit()
        #expect(try guest.summary() == "write 0xf0004 78 56")
    }

    @Test func whatIsPutIntoAMemoryReadIsWhatTheGuestReads() throws {
        var guest = try TinyGuest([
            0xB8, 0x00, 0xF0,  // mov ax, 0xf000
            0x8E, 0xD8,  // mov ds, ax
            0xA1, 0x00, 0x00,  // mov ax, [0]
            0xF4,  // hlt
        ])
        try guest.runToExit()
        #expect(try guest.summary() == "read 0xf0000 2")
        try Self.answer(&guest.vcpu, with: UInt16(0xCAFE))
        try guest.runToHalt()
        #expect(try guest.vcpu.registers().rax & 0xFFFF == 0xCAFE)
    }

    @Test func completingAPendingReadMovesTheGuestOnAndNoFurther() throws {
        var guest = try TinyGuest([
            0xE4, 0x20,  // in al, 0x20
            0x40,  // inc ax
            0xF4,  // hlt
        ])
        try guest.runToExit()
        try Self.answer(&guest.vcpu, with: UInt8(7))
        #expect(try guest.vcpu.completePendingExit() == .completed)
        let registers = try guest.vcpu.registers()
        #expect(registers.rip == TinyGuest.start + 2)
        #expect(registers.rax & 0xFF == 7)
        try guest.runToHalt()
        #expect(try guest.vcpu.registers().rax & 0xFF == 8)
    }

    @Test func aTripleFaultIsAShutdown() throws {
        var guest = try TinyGuest([
            0x0F, 0x0B,  // ud2: in protected mode with an empty IDT, so nothing handles it, nor what comes of that
        ])
        try TinyGuest.enterProtectedMode(&guest.vcpu)
        try guest.runToExit()
        #expect(try guest.summary() == "shutdown")
    }

    /// Fills the present read with a value.
    static func answer<Value: BitwiseCopyable>(_ vcpu: inout VCPU, with value: Value) throws {
        switch vcpu.exit {
        case .portRead(_, _, var data): data.storeBytes(of: value, as: Value.self)
        case .memoryRead(_, var data):
            data.storeBytes(of: value, as: Value.self)
        default:
            Issue.record("no read is pending")
        }
    }
}
