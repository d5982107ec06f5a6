import KVMCore
import TestBasics
import Testing
import X86

@Suite(.needsKVM) struct MSRFilterTests {
    /// A guest whose accesses to the time-stamp counter are filtered.
    static func guest(_ code: [UInt8]) throws -> TinyGuest {
        try TinyGuest(code) { vm in
            try vm.setUserSpaceMSRExits([.filter, .invalid, .unknown])
            try vm.setMSRFilter(
                MSRFilter(ranges: [.init(access: [.read, .write], first: MSRNumber(0x10), allowed: [false])])
            )
        }
    }

    @Test func aFilteredReadExitsAndTakesTheAnswer() throws {
        var guest = try Self.guest([
            0x66, 0xB9, 0x10, 0x00, 0x00, 0x00,  // mov ecx, 0x10
            0x0F, 0x32,  // rdmsr
            0xF4,  // hlt
        ])
        try guest.runToExit()
        #expect(try guest.summary() == "rdmsr 0x10 4")
        guest.vcpu.answerMSRRead(0x1234_5678_9ABC_DEF0)
        try guest.runToHalt()
        #expect(try guest.vcpu.registers().rax & 0xFFFF_FFFF == 0x9ABC_DEF0)
        #expect(try guest.vcpu.registers().rdx & 0xFFFF_FFFF == 0x1234_5678)
    }

    @Test func aFilteredWriteExitsWithItsValueAndIsTakenAsDone() throws {
        var guest = try Self.guest([
            0x66, 0xB9, 0x10, 0x00, 0x00, 0x00,  // mov ecx, 0x10
            0x66, 0xB8, 0x07, 0x00, 0x00, 0x00,  // mov eax, 7
            0x66, 0x31, 0xD2,  // xor edx, edx
            0x0F, 0x30,  // wrmsr
            0xF4,  // hlt
        ])
        try guest.runToExit()
        #expect(try guest.summary() == "wrmsr 0x10 7 4")
        try guest.runToHalt()
    }

    @Test func aRefusedReadRaisesGeneralProtection() throws {
        var guest = try Self.guest([
            0xC7, 0x06, 0x34, 0x00, 0x00, 0x30,  // mov word [0x34], 0x3000: vector 13 in the real-mode table
            0xC7, 0x06, 0x36, 0x00, 0x00, 0x00,  // mov word [0x36], 0
            0x66, 0xB9, 0x10, 0x00, 0x00, 0x00,  // mov ecx, 0x10
            0x0F, 0x32,  // rdmsr
        ])
        guest.memory.write([0xE6, 0x13], at: 0x3000)  // out 0x13, al
        try guest.runToExit()
        guest.vcpu.refuseMSRAccess()
        try guest.runToExit()
        #expect(try guest.summary() == "out 0x13 byte 0")
    }

    @Test func anAllowedRegisterDoesNotExit() throws {
        var guest = try Self.guest([
            0x66, 0xB9, 0x77, 0x02, 0x00, 0x00,  // mov ecx, 0x277: IA32_PAT
            0x0F, 0x32,  // rdmsr
            0xF4,  // hlt
        ])
        try guest.runToHalt()
        #expect(try guest.vcpu.registers().rax & 0xFFFF_FFFF == 0x0007_0406)
    }

    @Test(arguments: [
        (MSRFilter(ranges: [.init(access: .read, first: MSRNumber(0), allowed: [])]), "1 to 12288 registers"),
        (
            MSRFilter(
                ranges: [.init(access: .read, first: MSRNumber(0), allowed: [Bool](repeating: true, count: 12289))]
            ), "1 to 12288 registers"
        ),
        (MSRFilter(ranges: [.init(access: [], first: MSRNumber(0), allowed: [true])]), "reading, writing or both"),
        (
            MSRFilter(
                ranges: [MSRFilter.Range](
                    repeating: .init(access: .read, first: MSRNumber(0), allowed: [true]),
                    count: 17
                )
            ), "there can be at most 16 ranges"
        ),
    ])
    func aFilterThatTheKernelCannotTakeIsRefused(filter: MSRFilter, reason: String) throws {
        let vm = try KVMSystem.open().createVM()
        let error = #expect(throws: KVMError.self) { try vm.setMSRFilter(filter) }
        #expect(error?.description.contains(reason) == true)
    }
}
