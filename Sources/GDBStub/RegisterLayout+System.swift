internal import X86

extension RegisterLayout {
    /// XMM0 to XMM7 or XMM15, and MXCSR.
    static func sse(is64: Bool) -> [Register] {
        let vectors = (0..<(is64 ? 16 : 8)).map { index in
            Register(name: "xmm\(index)", byteCount: 16, type: "vec128") { state in
                guard let component = state.extended.components[1], component.count == vectorBytes else {
                    return [UInt8](repeating: 0, count: 16)
                }
                return Array(component[16 * index..<16 * index + 16])
            } set: { state, bytes in
                var component = state.extended.components[1] ?? []
                if component.count != vectorBytes { component = [UInt8](repeating: 0, count: vectorBytes) }
                for (offset, byte) in bytes.prefix(16).enumerated() { component[16 * index + offset] = byte }
                state.extended.components[1] = component.contains { $0 != 0 } ? component : nil
            }
        }
        return vectors + [
            number("mxcsr", 4, "int", group: "vector") {
                UInt64($0.extended.mxcsr)
            } set: {
                $0.extended.mxcsr = UInt32(truncatingIfNeeded: $1)
            }
        ]
    }

    private static var vectorBytes: Int { 256 }

    /// The bases of segments.
    static func segmentBases(_ names: [String]) -> [Register] {
        names.map { name in number("\(name)_base", 8, "int64", group: "system") { segment(name, $0).base } }
    }

    /// Control and debug registers, tables, and model-specific registers.
    static func system(is64: Bool) -> [Register] {
        let other = is64 ? ["cs", "ss", "ds", "es"] : ["cs", "ss", "ds", "es", "fs", "gs"]
        let values: [(String, @Sendable (ProcessorState) -> UInt64)] = [
            ("k_gs_base", { $0.modelSpecific[0xC000_0102] ?? 0 }),
            ("cr0", \.control.cr0), ("cr2", \.control.cr2), ("cr3", \.control.cr3), ("cr4", \.control.cr4),
            ("cr8", \.control.cr8), ("efer", \.control.efer), ("xcr0", \.control.xcr0),
            ("apic_base", \.control.apicBase),
            ("gdt_base", \.gdt.base), ("gdt_limit", { UInt64($0.gdt.limit) }),
            ("idt_base", \.idt.base), ("idt_limit", { UInt64($0.idt.limit) }),
            ("tr", { UInt64($0.segments.tr.selector) }), ("tr_base", \.segments.tr.base),
            ("ldtr", { UInt64($0.segments.ldt.selector) }), ("ldtr_base", \.segments.ldt.base),
            ("dr0", \.debug.address[0]), ("dr1", \.debug.address[1]), ("dr2", \.debug.address[2]),
            ("dr3", \.debug.address[3]), ("dr6", \.debug.status), ("dr7", \.debug.control),
        ]
        return segmentBases(other) + values.map { number($0.0, 8, "int64", group: "system", get: $0.1) }
            + modelSpecific.map { name, index in
                number(name, 8, "int64", group: "system") { $0.modelSpecific[index] ?? 0 }
            }
    }

    /// The model-specific registers that a guest can have and that are no part of the control registers.
    private static let modelSpecific: [(String, UInt32)] = [
        ("msr_sysenter_cs", 0x174), ("msr_sysenter_esp", 0x175), ("msr_sysenter_eip", 0x176), ("msr_pat", 0x277),
        ("msr_star", 0xC000_0081), ("msr_lstar", 0xC000_0082), ("msr_cstar", 0xC000_0083),
        ("msr_fmask", 0xC000_0084), ("msr_tsc_aux", 0xC000_0103),
    ]

    static let vectorTypes: String = {
        let parts: [(String, String, Int)] = [
            ("v4_float", "ieee_single", 4), ("v2_double", "ieee_double", 2), ("v16_int8", "int8", 16),
            ("v8_int16", "int16", 8), ("v4_int32", "int32", 4), ("v2_int64", "int64", 2),
        ]
        let vectors = parts.map { "<vector id=\"\($0.0)_t\" type=\"\($0.1)\" count=\"\($0.2)\"/>\n" }
        let fields = parts.map { "<field name=\"\($0.0)\" type=\"\($0.0)_t\"/>\n" }
        return vectors.joined() + "<union id=\"vec128\">\n" + fields.joined()
            + "<field name=\"uint128\" type=\"uint128\"/>\n</union>\n"
    }()
}
