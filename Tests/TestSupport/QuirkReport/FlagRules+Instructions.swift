extension FlagRules.Instruction {
    /// All whose flags the manuals leave open in part.
    static let all: [Self] = products + quotients + scans + shifts + decimals

    private static let sizes: [(bits: UInt64, prefix: [UInt8], isByte: Bool)] = [
        (8, [], true), (16, [0x66], false), (32, [], false), (64, [0x48], false),
    ]

    private static let products: [Self] = sizes.flatMap { size in
        let opcode: UInt8 = size.isByte ? 0xF6 : 0xF7
        let forms = [
            Self(name: "MUL \(size.bits)", code: size.prefix + [opcode, 0xE1], width: size.bits),
            Self(name: "IMUL \(size.bits)", code: size.prefix + [opcode, 0xE9], width: size.bits),
        ]
        return size.isByte
            ? forms
            : forms + [
                Self(name: "IMUL \(size.bits), two operands", code: size.prefix + [0x0F, 0xAF, 0xC1], width: size.bits)
            ]
    }

    private static let quotients: [Self] = sizes.flatMap { size in
        let opcode: UInt8 = size.isByte ? 0xF6 : 0xF7
        return [
            Self(name: "DIV \(size.bits)", code: size.prefix + [opcode, 0xF1], width: size.bits, operands: .quotient),
            Self(name: "IDIV \(size.bits)", code: size.prefix + [opcode, 0xF9], width: size.bits, operands: .quotient),
        ]
    }

    private static let scans: [Self] = sizes.dropFirst().flatMap { size in
        [("BSF", UInt8(0xBC)), ("BSR", 0xBD)].flatMap { name, opcode in
            let code = size.prefix + [0x0F, opcode, 0xC1]
            return [
                Self(name: "\(name) \(size.bits)", code: code, width: size.bits, operands: .nonzero),
                Self(name: "\(name) \(size.bits) of 0", code: code, width: size.bits, operands: .zero),
            ]
        }
    }

    private static let shifts: [Self] = sizes.flatMap { size in
        let opcode: UInt8 = size.isByte ? 0xD2 : 0xD3
        let names = ["ROL", "ROR", "RCL", "RCR", "SHL", "SHR", "SAL", "SAR"]
        var forms = names.enumerated().map { number, name in
            (name, size.prefix + [opcode, 0xC0 | UInt8(number) << 3])
        }
        if !size.isByte {
            // SHLD and SHRD of RAX, filled from RDX.
            forms += [("SHLD", size.prefix + [0x0F, 0xA5, 0xD0]), ("SHRD", size.prefix + [0x0F, 0xAD, 0xD0])]
        }
        let last: UInt64 = size.bits == 64 ? 63 : 31
        return forms.flatMap { name, code in
            var result = [
                Self(name: "\(name) \(size.bits) by 1", code: code, width: size.bits, operands: .count(1...1)),
                Self(
                    name: "\(name) \(size.bits) by less than its width",
                    code: code,
                    width: size.bits,
                    operands: .count(2...size.bits - 1)
                ),
            ]
            if size.bits < last {
                let range = size.bits...last
                let name = "\(name) \(size.bits) by its width and more"
                result.append(Self(name: name, code: code, width: size.bits, operands: .count(range)))
            }
            return result
        }
    }

    private static let decimals: [Self] = [
        ("DAA", [0x27]), ("DAS", [0x2F]), ("AAA", [0x37]), ("AAS", [0x3F]), ("AAM 10", [0xD4, 10]),
        ("AAD 10", [0xD5, 10]),
    ].map { Self(name: $0, code: Experiment.inCompatibilityMode($1), width: 8) }
}
