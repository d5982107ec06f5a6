internal import CDemangle
internal import Glibc

/// The readable form of a symbol's name: of C++, of Rust in its older form, and of Swift.
///
/// Names come from files that nobody has checked, and a short one can stand for a very long text, because it may refer to its own
/// parts again and again. So names that are long, or that refer back often, stay as they are.
public enum DemangledName {
    /// The most bytes of a name that is made readable.
    private static let longest = 1024
    /// The most references to a name's own parts. Each can double the text.
    private static let mostReferences = 16

    /// The readable form; the name itself if it has none.
    public static func of(_ name: String) -> String {
        guard let language = Language(name), name.utf8.count <= longest,
            language.references(name) <= mostReferences, !name.utf8.contains(0)
        else { return name }
        guard let text = text(name, in: language) else { return name }
        return language == .cxx ? rust(text) ?? text : text
    }

    private enum Language {
        case cxx, swift

        init?(_ name: String) {
            if name.hasPrefix("_Z") {
                self = .cxx
            } else if ["$s", "$S", "_$s", "_$S", "_T0"].contains(where: name.hasPrefix) {
                self = .swift
            } else {
                return nil
            }
        }

        /// How many of a name's characters may refer to its own parts: `S_` and `T_` of C++, `A` of Swift.
        func references(_ name: String) -> Int {
            let letters: Set<UInt8> = self == .swift ? [UInt8(ascii: "A")] : [UInt8(ascii: "S"), UInt8(ascii: "T")]
            return zip(name.utf8, name.utf8.dropFirst()).count { letters.contains($0) && !isAbbreviation($1) }
        }

        /// `St`, `Sa` and the like name parts of the standard library.
        private func isAbbreviation(_ next: UInt8) -> Bool {
            self == .cxx && (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(next)
        }
    }

    private static func text(_ name: String, in language: Language) -> String? {
        let length = name.utf8.count
        // SAFETY: the name ends with a zero. What comes back is null, or a text that ends with a zero and is ours to free.
        return unsafe name.withCString { characters in
            let found = unsafe language == .swift ? cdemangle_swift(characters, length) : cdemangle_cxx(characters)
            guard let found = unsafe found else { return nil }
            defer { unsafe free(found) }
            return unsafe String(cString: found)
        }
    }

    // MARK: Rust

    /// A name of Rust's in its older form, which is one of C++ whose last part is a hash, without the hash; nil for others.
    private static func rust(_ text: String) -> String? {
        guard let range = text.range(ofLast: "::h") else { return nil }
        let hash = text[range...].dropFirst(3)
        guard hash.utf8.count == 16, hash.allSatisfy(\.isHexDigit) else { return nil }
        var result = ""
        var rest = text[..<range]
        // A part that would begin with a sign begins with an underscore instead.
        while let character = rest.first {
            if let (written, meaning) = escapes.first(where: { rest.hasPrefix($0.0) }) {
                result += meaning
                rest = rest.dropFirst(written.count)
            } else {
                result.append(character)
                rest = rest.dropFirst()
            }
        }
        return result
    }

    /// How Rust writes what a name of C++ cannot contain.
    private static let escapes: [(String, String)] = [
        ("_$LT$", "<"), ("$LT$", "<"), ("$GT$", ">"), ("$RF$", "&"), ("$BP$", "*"), ("$LP$", "("), ("$RP$", ")"),
        ("$C$", ","), ("$u20$", " "), ("$u5b$", "["), ("$u5d$", "]"), ("$u7b$", "{"), ("$u7d$", "}"), ("$u3b$", ";"),
        ("$u2b$", "+"), ("$u22$", "\""), ("$u27$", "'"), ("..", "::"),
    ]
}

extension String {
    /// Where the last occurrence of a text begins.
    fileprivate func range(ofLast text: String) -> Index? {
        indices.last { self[$0...].hasPrefix(text) }
    }
}
