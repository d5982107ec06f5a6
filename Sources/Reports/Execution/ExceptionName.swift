/// The names of exceptions (Intel SDM vol. 3, table 6-1).
enum ExceptionName {
    private static let names = [
        "#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM", "#DF", "9", "#TS", "#NP", "#SS", "#GP", "#PF", "15",
        "#MF",
        "#AC", "#MC", "#XM", "#VE", "#CP",
    ]

    /// The mnemonic of a vector, or its number.
    static func of(_ vector: UInt8) -> String { vector < names.count ? names[Int(vector)] : "\(vector)" }
}
