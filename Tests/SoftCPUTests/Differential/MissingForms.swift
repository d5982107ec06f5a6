/// Mnemonics of x86-64-v2 whose forms software does not have yet: it raises #UD. The comparison leaves them out, and a test sees to it
/// that a mnemonic which has been added is taken from this list.
enum MissingForms {
    static let mnemonics: Set<String> = [
        "fxrstor",
        "fxrstor64",
        "fxsave",
        "fxsave64",
    ]
}
