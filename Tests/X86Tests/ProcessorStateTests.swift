import ByteCoding
import Testing
import X86

@Suite struct ProcessorStateTests {
    @Test func registersOfThePointUnitsAreNamedAndReadAsNumbers() {
        var state = ProcessorState()
        var legacy = [UInt8](repeating: 0, count: 152)
        (legacy[0], legacy[1], legacy[24], legacy[33]) = (0x7F, 0x03, 0x01, 0x40)
        var vectors = [UInt8](repeating: 0, count: 256)
        (vectors[0], vectors[15], vectors[240]) = (0x02, 0xA0, 0x0B)
        state.extended.components = [0: legacy, 1: vectors, 2: [1, 2]]

        let fields = Dictionary(state.fields) { first, _ in first }

        #expect(fields["fcw"] == "0x37f")
        #expect(fields["fsw"] == "0x0")
        #expect(fields["st0"] == "0x40000000000000000001")
        #expect(fields["st7"] == "0x0")
        #expect(fields["xmm0"] == "0xa0000000000000000000000000000002")
        #expect(fields["xmm15"] == "0xb")
        #expect(fields["mxcsr"] == "0x1f80")
        #expect(fields["xsave[2]"] == "0102")
        #expect(fields["xsave[0]"] == nil)
    }

    /// A state in which no two fields have the same value, so that a swap of fields shows.
    static var distinctive: ProcessorState {
        var state = ProcessorState()
        for register in GeneralRegister.allCases { state[register] = 0x1000 + UInt64(register.rawValue) }
        state.rip = 0x2000
        state.rflags = 0x246
        state.segments.cs = .init(base: 0xF0000, limit: 0xFFFF, selector: 0xF000, accessRights: 0x9B)
        state.segments.ldt = .init(base: 7, limit: 8, selector: 9, accessRights: 0x1_0082)
        state.gdt = .init(base: 0x3000, limit: 0x27)
        state.idt = .init(base: 0x3100, limit: 0x3FF)
        state.control.cr0 = 0x11
        state.control.cr3 = 0x5000
        state.control.xcr0 = 7
        state.control.pageDirectoryPointers = [0x6001, 0x7001, 0x8001, 0x9001]
        state.debug.address = [1, 2, 3, 4]
        state.debug.status = 0xFFFF_0FF0
        state.debug.control = 0x400
        state.extended.components = [0: Array(0..<160), 2: [UInt8](repeating: 5, count: 256)]
        state.extended.mxcsr = 0x1FA0
        state.modelSpecific = [0xC000_0081: 1, 0x174: 2]
        state.pending.exception = .init(vector: 14, errorCode: 2, injected: true, payload: 0xDEAD)
        state.pending.interrupt = .init(vector: 0x20, soft: true)
        state.pending.nmiMasked = true
        state.pending.interruptShadow = .enabledInterrupts
        state.activity = .halted
        state.masksAddressLine20 = true
        return state
    }

    @Test(arguments: [ProcessorState(), distinctive])
    func encodingRoundTrips(state: ProcessorState) throws {
        var writer = ByteWriter()
        state.encode(to: &writer)
        var cursor = ByteCursor(writer.bytes.rawSpan)
        #expect(try ProcessorState(from: &cursor) == state)
        try cursor.expectEnd()
    }

    @Test func everyPrefixOfAnEncodingIsRefused() {
        var writer = ByteWriter()
        Self.distinctive.encode(to: &writer)
        for length in writer.bytes.indices {
            let prefix = Array(writer.bytes[..<length])
            var cursor = ByteCursor(prefix.rawSpan)
            #expect(throws: ByteCodingError.self, "prefix of \(length) bytes") {
                try ProcessorState(from: &cursor)
            }
        }
    }

    @Test func theInstructionAddressIsLinear() {
        #expect(Self.distinctive.instructionAddress == GuestVirtualAddress(0xF2000))
    }
}
