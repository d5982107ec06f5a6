import CNative

extension QuirkReport {
    /// Measures the processor that this is executed on; nil where instructions cannot be executed natively.
    public static func measured() -> QuirkReport? {
        guard native_open() == 0 else { return nil }
        var name = [CChar](repeating: 0, count: 13)
        // SAFETY: the function writes 12 characters.
        unsafe name.withUnsafeMutableBufferPointer { unsafe native_vendor($0.baseAddress) }
        let vendor = String(decoding: name.prefix(12).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var random = Random()
        var entries: [Entry] = []
        for habit in Habit.all { entries.append(Entry(kind: "quirk", name: habit.name, value: habit.answer(&random))) }
        for instruction in FlagRules.Instruction.all {
            let line = FlagRules.line(instruction, &random)
            entries.append(Entry(kind: "flags", name: instruction.name, value: line))
        }
        entries += facts
        entries += [
            table("RCPSS from 1", [0xF3, 0x0F, 0x53, 0xC1], from: 0x3F80_0000),
            table("RSQRTSS from 1", [0xF3, 0x0F, 0x52, 0xC1], from: 0x3F80_0000),
            table("RSQRTSS from 2", [0xF3, 0x0F, 0x52, 0xC1], from: 0x4000_0000),
        ]
        return QuirkReport(vendor: vendor, signature: native_signature(), entries: entries)
    }

    private static var facts: [Entry] {
        func scan(_ code: [UInt8]) -> String {
            var experiment = Experiment()
            experiment.rax = 0x1234
            experiment.run(code)
            return experiment.rax == 0x1234 ? "leaves the destination" : "gives \(experiment.rax)"
        }
        return [
            Entry(kind: "fact", name: "TZCNT of 0, 32 bits", value: scan([0xF3, 0x0F, 0xBC, 0xC1])),
            Entry(kind: "fact", name: "LZCNT of 0, 32 bits", value: scan([0xF3, 0x0F, 0xBD, 0xC1])),
            Entry(kind: "fact", name: "BSF of 0, 32 bits", value: scan([0x0F, 0xBC, 0xC1])),
            Entry(kind: "fact", name: "BSR of 0, 32 bits", value: scan([0x0F, 0xBD, 0xC1])),
        ]
    }

    /// The upper bits of the estimates of an octave: by the upper 12 bits of the fraction, shifted right by 11, 6 hexadecimal digits each.
    private static func table(_ name: String, _ code: [UInt8], from first: UInt32) -> Entry {
        var experiment = Experiment()
        let values = (0..<UInt32(4096)).map { index in
            experiment.setArea(176, first + index << 11)
            experiment.run(code)
            let digits = String(experiment.area(160, UInt32.self) >> 11, radix: 16)
            return String(repeating: "0", count: 6 - digits.count) + digits
        }
        return Entry(kind: "table", name: name, value: values.joined())
    }
}
