/// Something that an 80286 does otherwise than the processors that the software processor is one of.
struct SingleStepMask {
    var reason: String
    /// The forms that it is about; all if there are none.
    var forms: [String] = []
    var kind: Kind

    enum Kind {
        /// Flags that the manuals leave undefined.
        case flags(UInt16)
        /// One exception instead of another, with nothing else different.
        case vector(UInt8, insteadOf: UInt8)
        /// Registers behind a fault of this vector.
        case registers(Set<SingleStepTest.Register>, behind: UInt8)
        /// The instruction means something else: nothing can be compared.
        case outcome(@Sendable (SingleStepTest, SingleStepDifference) -> Bool)
    }

    func isAbout(_ form: String) -> Bool { forms.isEmpty || forms.contains(form) }

    /// Everything that is masked.
    static let all: [SingleStepMask] = [
        SingleStepMask(
            reason: "AF behind SHL is undefined: the 286 sets it as its adder leaves it",
            forms: ["C0", "C1", "D0", "D1", "D2", "D3"].flatMap { ["\($0).4", "\($0).6"] },
            kind: .flags(0x010)
        ),
        SingleStepMask(
            reason: "OF and SF behind AAA and AAS are undefined",
            forms: ["37", "3F"],
            kind: .flags(0x880)
        ),
        SingleStepMask(reason: "ZF behind AAA is undefined", forms: ["37"], kind: .flags(0x040)),
        SingleStepMask(reason: "OF, AF and CF behind AAD are undefined", forms: ["D5"], kind: .flags(0x811)),
        SingleStepMask(
            reason: "SF, ZF, AF and PF behind MUL and IMUL are undefined",
            forms: ["69", "6B", "F6.4", "F6.5", "F7.4", "F7.5"],
            kind: .flags(0x0D4)
        ),
        SingleStepMask(
            reason: "all six flags behind DIV and IDIV are undefined, those pushed by a divide error too",
            forms: ["F6.6", "F6.7", "F7.6", "F7.7"],
            kind: .flags(0x8D5)
        ),
        SingleStepMask(
            reason: "the limit of the stack segment raises #GP on a 286 in real-address mode, #SS since the 386",
            kind: .vector(12, insteadOf: 13)
        ),
        SingleStepMask(
            reason:
                "a string instruction that faults at offset FFFFh has counted already on a 286; since the 386 it begins again",
            forms: ["6D", "6F", "A5", "A7", "AB", "AD", "AF"],
            kind: .registers([.cx, .si, .di], behind: 13)
        ),
        SingleStepMask(
            reason: "LOCK goes with any instruction on a 286; since the 386 #UD is raised where it means nothing",
            kind: .outcome { test, difference in test.prefixes.contains(0xF0) && difference.vector == 6 }
        ),
        SingleStepMask(
            reason: "an instruction has at most 10 bytes on a 286, 15 since the 386",
            kind: .outcome { test, _ in test.bytes.count - 1 > 10 && test.exception?.vector == 13 }
        ),
        SingleStepMask(
            reason: "a 286 has no FS and no GS",
            forms: ["8C", "8E"],
            kind: .outcome { test, _ in
                let modifier = test.bytes[test.prefixes.count + 1]
                return (4...5).contains(modifier >> 3 & 7) && test.exception?.vector == 6
            }
        ),
    ]
}

/// A part of a mask that was needed: a mask's place in ``SingleStepMask/all``, a form if it names forms, and a flag or register.
struct SingleStepUse: Hashable {
    var mask: Int
    var form = ""
    var detail = ""

    /// All that the masks hide.
    static let all: [SingleStepUse] = SingleStepMask.all.indices.flatMap { all(of: $0) }

    private static func all(of index: Int) -> [SingleStepUse] {
        let mask = SingleStepMask.all[index]
        let forms = mask.forms.isEmpty ? [""] : mask.forms
        let details: [String] =
            switch mask.kind {
            case .flags(let flags): bits(of: flags).map { "flag \($0)" }
            case .registers(let registers, _): registers.map { "\($0)" }
            case .vector, .outcome: [""]
            }
        let isByForm = if case .registers = mask.kind { false } else { true }
        var result: [SingleStepUse] = []
        for form in isByForm ? forms : [""] {
            for detail in details { result.append(SingleStepUse(mask: index, form: form, detail: detail)) }
        }
        return result
    }

    /// The numbers of the flags that are set.
    static func bits(of flags: UInt16) -> [Int] { (0..<16).filter { flags & (1 << $0) != 0 } }
}

extension SingleStepTest {
    /// The bytes before the opcode.
    var prefixes: ArraySlice<UInt8> {
        bytes.prefix { [0x26, 0x2E, 0x36, 0x3E, 0xF0, 0xF2, 0xF3].contains($0) }
    }
}

extension SingleStepDifference {
    /// Takes what the masks explain out of it, and notes which parts of them that needed.
    mutating func mask(_ test: SingleStepTest, form: String, _ uses: inout Set<SingleStepUse>) {
        for (index, mask) in SingleStepMask.all.enumerated() where mask.isAbout(form) && !isNone {
            let named = mask.forms.isEmpty ? "" : form
            switch mask.kind {
            case .flags(let masked):
                for bit in SingleStepUse.bits(of: (flags | pushedFlags) & masked) {
                    uses.insert(SingleStepUse(mask: index, form: form, detail: "flag \(bit)"))
                }
                flags &= ~masked
                pushedFlags &= ~masked
            case .vector(let ours, let theirs):
                guard vector == ours, test.exception?.vector == theirs else { continue }
                vector = nil
                uses.insert(SingleStepUse(mask: index, form: named))
            case .registers(let masked, let vector):
                guard test.exception?.vector == vector else { continue }
                for register in registers.intersection(masked) {
                    uses.insert(SingleStepUse(mask: index, detail: "\(register)"))
                }
                registers.subtract(masked)
            case .outcome(let isMasked):
                guard isMasked(test, self) else { continue }
                self = SingleStepDifference()
                uses.insert(SingleStepUse(mask: index, form: named))
            }
        }
    }
}
