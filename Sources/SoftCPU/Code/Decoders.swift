internal import CZydis

/// The decoder in its three sizes of code.
struct Decoders {
    private var code16 = Self.make(ZYDIS_MACHINE_MODE_LONG_COMPAT_16, ZYDIS_STACK_WIDTH_16)
    private var real16 = Self.make(ZYDIS_MACHINE_MODE_REAL_16, ZYDIS_STACK_WIDTH_16)
    private var code32 = Self.make(ZYDIS_MACHINE_MODE_LONG_COMPAT_32, ZYDIS_STACK_WIDTH_32)
    private var code64 = Self.make(ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64)

    private static func make(_ mode: ZydisMachineMode, _ width: ZydisStackWidth) -> ZydisDecoder {
        var decoder = ZydisDecoder()
        unsafe ZydisDecoderInit(&decoder, mode, width)
        // Prefixes of features that are hidden mean what they meant before.
        for feature in [
            ZYDIS_DECODER_MODE_MPX, ZYDIS_DECODER_MODE_CET, ZYDIS_DECODER_MODE_LZCNT, ZYDIS_DECODER_MODE_TZCNT,
            ZYDIS_DECODER_MODE_CLDEMOTE,
        ] {
            unsafe ZydisDecoderEnableMode(&decoder, feature, 0)
        }
        unsafe ZydisDecoderEnableMode(&decoder, ZYDIS_DECODER_MODE_AMD_BRANCHES, 0)
        return decoder
    }

    /// Decodes the instruction at an address in host memory.
    mutating func decode(
        _ mode: CodeMode,
        at host: UInt,
        byteCount: Int,
        into result: inout DecodedInstruction
    ) -> ZyanStatus {
        // SAFETY: the caller names that many bytes of mapped memory; Zydis writes the structures it is given.
        let bytes = unsafe UnsafeRawPointer(bitPattern: host).unsafelyUnwrapped
        if mode.contains(.long) { return unsafe Self.run(&code64, bytes, byteCount, &result) }
        if mode.contains(.code32) { return unsafe Self.run(&code32, bytes, byteCount, &result) }
        if mode.contains(.realStyle) { return unsafe Self.run(&real16, bytes, byteCount, &result) }
        return unsafe Self.run(&code16, bytes, byteCount, &result)
    }

    private static func run(
        _ decoder: inout ZydisDecoder,
        _ bytes: UnsafeRawPointer,
        _ byteCount: Int,
        _ result: inout DecodedInstruction
    ) -> ZyanStatus {
        // SAFETY: as in decode; the operands are as many as Zydis writes at most.
        let status = unsafe withUnsafeMutablePointer(to: &result.operands) { operands in
            unsafe ZydisDecoderDecodeFull(
                &decoder,
                bytes,
                ZyanUSize(byteCount),
                &result.instruction,
                UnsafeMutableRawPointer(operands).assumingMemoryBound(to: ZydisDecodedOperand.self)
            )
        }
        result.correctAddress()
        return status
    }
}

/// An instruction as Zydis tells it.
@safe
struct DecodedInstruction {
    var instruction = unsafe ZydisDecodedInstruction()
    var operands = InlineArray<10, ZydisDecodedOperand>(repeating: ZydisDecodedOperand())

    /// The prefixes, whether the instruction has a use for them or not, but for REX.
    var prefixes: [UInt8] {
        unsafe withUnsafeBytes(of: instruction.raw.prefixes) { raw in
            let stride = raw.count / Int(ZYDIS_MAX_INSTRUCTION_LENGTH)
            // SAFETY: a prefix is its type of 4 bytes and its value; there are at most as many as the tuple has.
            return unsafe (0..<Int(instruction.raw.prefix_count)).map { unsafe raw[stride * $0 + 4] }
        }
    }

    /// Zydis 4.0.0 takes an address of 32 bits that has a displacement and no base, in an instruction with REX.B, for one that has
    /// R13D as its base (Intel SDM vol. 2, 2.1.5, table 2-3, and 2.2.1.2).
    mutating func correctAddress() {
        let raw = unsafe instruction.raw
        guard unsafe instruction.address_width == 32, raw.rex.B != 0, raw.modrm.mod == 0, raw.modrm.rm == 4,
            raw.sib.base == 5
        else { return }
        for index in unsafe 0..<Int(instruction.operand_count)
        where operands[index].type == ZYDIS_OPERAND_TYPE_MEMORY && operands[index].mem.base == ZYDIS_REGISTER_R13D {
            operands[index].mem.base = ZYDIS_REGISTER_NONE
            operands[index].mem.disp.has_displacement = 1
            operands[index].mem.disp.value = raw.disp.value
        }
    }
}
