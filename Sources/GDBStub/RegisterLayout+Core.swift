internal import X86

extension RegisterLayout {
    /// The general registers, the instruction pointer, the flags, the selectors and x87.
    static func core(is64: Bool) -> [Register] {
        let names = is64 ? names64 : names32
        let size = is64 ? 8 : 4
        let general = names.enumerated().map { index, name in
            let register = is64 ? order64[index] : GeneralRegister.allCases[index]
            let isPointer = register == .rsp || register == .rbp
            return number(name, size, isPointer ? "data_ptr" : "int\(size * 8)") {
                $0[register]
            } set: {
                // The upper half is not the client's to change where it is not shown.
                $0[register] = is64 ? $1 : $0[register] & ~0xFFFF_FFFF | $1
            }
        }
        let pointer = number(is64 ? "rip" : "eip", size, "code_ptr") {
            $0.instructionAddress.rawValue
        } set: {
            $0.rip = $0.mode.wrapped($1 &- $0.instructionAddress(at: 0).rawValue)
        }
        let flags = number("eflags", 4, "rr_vm_eflags") {
            $0.rflags
        } set: {
            $0.rflags = $1 | 2
        }
        return general + [pointer, flags] + selectors + x87
    }

    private static let names32 = ["eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"]
    private static let names64 =
        ["rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp"] + (8..<16).map { "r\($0)" }
    private static let order64: [GeneralRegister] =
        [.rax, .rbx, .rcx, .rdx, .rsi, .rdi, .rbp, .rsp, .r8, .r9, .r10, .r11, .r12, .r13, .r14, .r15]

    private static var selectors: [Register] {
        ["cs", "ss", "ds", "es", "fs", "gs"].map { name in
            // A selector has a hidden part, which only the guest's own instructions load.
            number(name, 4, "int32") { UInt64(segment(name, $0).selector) }
        }
    }

    /// The segment register with a name.
    static func segment(_ name: String, _ state: ProcessorState) -> ProcessorState.Segment {
        switch name {
        case "cs": state.segments.cs
        case "ss": state.segments.ss
        case "ds": state.segments.ds
        case "es": state.segments.es
        case "fs": state.segments.fs
        default: state.segments.gs
        }
    }

    private static var x87: [Register] {
        let stack = (0..<8).map { index in
            Register(name: "st\(index)", byteCount: 10, type: "i387_ext") {
                X87Image($0.extended).register(index)
            } set: {
                var image = X87Image($0.extended)
                image.setRegister(index, $1)
                image.store(in: &$0.extended)
            }
        }
        let control: [(String, @Sendable (X87Image) -> UInt64)] = [
            ("fctrl", { $0.number(at: 0, 2) }), ("fstat", { $0.number(at: 2, 2) }), ("ftag", \.tagWord),
            ("fiseg", { $0.number(at: 12, 4) & 0xFFFF }), ("fioff", { $0.number(at: 8, 4) }),
            ("foseg", { $0.number(at: 20, 4) & 0xFFFF }), ("fooff", { $0.number(at: 16, 4) }),
            ("fop", { $0.number(at: 6, 2) & 0x7FF }),
        ]
        return stack
            + control.map { name, get in
                number(name, 4, "int", group: "float") { get(X87Image($0.extended)) }
            }
    }

    /// A register that is a number.
    static func number(
        _ name: String,
        _ byteCount: Int,
        _ type: String,
        group: String? = nil,
        get: @escaping @Sendable (ProcessorState) -> UInt64,
        set: (@Sendable (inout ProcessorState, UInt64) -> Void)? = nil
    ) -> Register {
        Register(name: name, byteCount: byteCount, type: type, group: group) { state in
            let value = get(state)
            return (0..<byteCount).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
        } set: { state, bytes in
            set?(&state, bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) })
        }.readOnly(set == nil)
    }

    static let flagsType: String = {
        let flags: [(String, Int)] = [
            ("CF", 0), ("", 1), ("PF", 2), ("AF", 4), ("ZF", 6), ("SF", 7), ("TF", 8), ("IF", 9), ("DF", 10),
            ("OF", 11),
            ("NT", 14), ("RF", 16), ("VM", 17), ("AC", 18), ("VIF", 19), ("VIP", 20), ("ID", 21),
        ]
        let fields = flags.map { "<field name=\"\($0.0)\" start=\"\($0.1)\" end=\"\($0.1)\"/>\n" }
        return "<flags id=\"rr_vm_eflags\" size=\"4\">\n\(fields.joined())</flags>\n"
    }()
}

extension RegisterLayout.Register {
    fileprivate func readOnly(_ isReadOnly: Bool) -> Self {
        var register = self
        if isReadOnly { register.set = nil }
        return register
    }
}
