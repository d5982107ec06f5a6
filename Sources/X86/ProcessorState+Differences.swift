extension ProcessorState {
    /// One field in which two states differ.
    public struct Difference: Hashable, Sendable, CustomStringConvertible {
        /// The field's name, as in manuals: `rax`, `cr3`, `cs.base`.
        public var field: String
        /// The expected value, in hexadecimal.
        public var expected: String
        /// The actual value, in hexadecimal.
        public var actual: String

        /// `field: expected ..., got ...`.
        public var description: String { "\(field): expected \(expected), got \(actual)" }
    }

    /// Every field in which `actual` differs from `self`, in the order of ``fields``.
    public func differences(to actual: Self) -> [Difference] {
        let mine = fields
        let theirs = Dictionary(actual.fields) { first, _ in first }
        var result = mine.compactMap { name, value in
            let other = theirs[name] ?? "absent"
            return value == other ? nil : Difference(field: name, expected: value, actual: other)
        }
        let known = Set(mine.map(\.0))
        for (name, value) in actual.fields where !known.contains(name) {
            result.append(Difference(field: name, expected: "absent", actual: value))
        }
        return result
    }

    /// Every field with its name and its value in hexadecimal, in the order in which people look at them.
    public var fields: [(String, String)] {
        var result = GeneralRegister.allCases.map { ("\($0)", hexadecimal(self[$0])) }
        result += [("rip", hexadecimal(rip)), ("rflags", hexadecimal(rflags))]
        let named: [(String, Segment)] = [
            ("cs", segments.cs), ("ds", segments.ds), ("es", segments.es), ("fs", segments.fs), ("gs", segments.gs),
            ("ss", segments.ss), ("tr", segments.tr), ("ldt", segments.ldt),
        ]
        for (name, segment) in named {
            result += [
                (name, hexadecimal(segment.selector)), ("\(name).base", hexadecimal(segment.base)),
                ("\(name).limit", hexadecimal(segment.limit)), ("\(name).rights", hexadecimal(segment.accessRights)),
            ]
        }
        for (name, table) in [("gdt", gdt), ("idt", idt)] {
            result += [("\(name).base", hexadecimal(table.base)), ("\(name).limit", hexadecimal(table.limit))]
        }
        result += [
            ("cr0", hexadecimal(control.cr0)), ("cr2", hexadecimal(control.cr2)), ("cr3", hexadecimal(control.cr3)),
            ("cr4", hexadecimal(control.cr4)), ("cr8", hexadecimal(control.cr8)), ("efer", hexadecimal(control.efer)),
            ("apic_base", hexadecimal(control.apicBase)), ("xcr0", hexadecimal(control.xcr0)),
        ]
        for (number, pointer) in control.pageDirectoryPointers.enumerated() {
            result.append(("pdpte\(number)", hexadecimal(pointer)))
        }
        for (number, address) in debug.address.enumerated() { result.append(("dr\(number)", hexadecimal(address))) }
        result += [("dr6", hexadecimal(debug.status)), ("dr7", hexadecimal(debug.control))]
        result.append(("mxcsr", hexadecimal(extended.mxcsr)))
        result += extended.fields
        for (number, value) in modelSpecific.sorted(by: { $0.key < $1.key }) {
            result.append(("msr[\(hexadecimal(number))]", hexadecimal(value)))
        }
        result.append(("pending", "\(pending)"))
        result.append(("activity", "\(activity)"))
        result.append(("a20", masksAddressLine20 ? "masked" : "let through"))
        return result
    }
}

private func hexadecimal(_ value: some FixedWidthInteger & UnsignedInteger) -> String {
    "0x" + String(value, radix: 16)
}

extension ProcessorState.PendingEvents: CustomStringConvertible {
    /// What is pending, in words; `nothing` if nothing is.
    public var description: String {
        var parts: [String] = []
        if let exception {
            let code = exception.errorCode.map { " error \(hexadecimal($0))" } ?? ""
            parts.append("exception \(exception.vector)\(code)\(exception.injected ? "" : " (not begun)")")
        }
        if let interrupt { parts.append("\(interrupt.soft ? "software " : "")interrupt \(interrupt.vector)") }
        if nmiInjected { parts.append("NMI") }
        if nmiPending { parts.append("NMI waiting") }
        if nmiMasked { parts.append("NMIs blocked") }
        if interruptShadow.contains(.loadedStackSegment) { parts.append("MOV SS shadow") }
        if interruptShadow.contains(.enabledInterrupts) { parts.append("STI shadow") }
        return parts.isEmpty ? "nothing" : parts.joined(separator: ", ")
    }
}
