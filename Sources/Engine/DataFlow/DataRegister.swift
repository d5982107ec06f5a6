public import X86

/// A register as the flow of data sees it.
public enum DataRegister: Hashable, Sendable {
    /// RAX to R15, of 8 bytes.
    case general(GeneralRegister)
    /// XMM0 to XMM15, of 16 bytes.
    case vector(Int)
    /// A register of the x87 stack by its place in the processor, which is also MM0 to MM7. It counts as one byte.
    case stack(Int)
    /// A segment, control, debug or other register of the system, by its name. It counts as one byte.
    case system(String)

    /// How many bytes it has.
    public var byteCount: Int {
        switch self {
        case .general: 8
        case .vector: 16
        case .stack, .system: 1
        }
    }

    /// Its name.
    public var name: String {
        switch self {
        case .general(let register): "\(register)"
        case .vector(let number): "xmm\(number)"
        case .stack(let number): "x87 register \(number)"
        case .system(let name): name
        }
    }

    /// The name of some of its bytes: `rax`, `eax`, `ah`, or `rax[2..5]` where the manuals have no name.
    public func name(of bytes: ClosedRange<Int>) -> String {
        if bytes == 0...(byteCount - 1) { return name }
        if case .general(let register) = self, let name = register.name(of: bytes) { return name }
        return bytes.count == 1
            ? "\(name)[\(bytes.lowerBound)]" : "\(name)[\(bytes.lowerBound)..\(bytes.upperBound)]"
    }
}

extension GeneralRegister {
    /// The manuals' name of some of its bytes; nil if they have none.
    fileprivate func name(of bytes: ClosedRange<Int>) -> String? {
        let isOld = rawValue < 8
        let letters = isOld ? String("\(self)".dropFirst()) : "\(self)"
        switch (bytes.lowerBound, bytes.count) {
        case (0, 4): return isOld ? "e" + letters : letters + "d"
        case (0, 2): return isOld ? letters : letters + "w"
        case (0, 1): return !isOld ? letters + "b" : (rawValue < 4 ? String(letters.prefix(1)) : letters) + "l"
        case (1, 1): return rawValue < 4 ? String(letters.prefix(1)) + "h" : nil
        default: return nil
        }
    }
}
