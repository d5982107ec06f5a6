/// What the lines of `rr-vm trace` have in common.
enum ExecutionLine {
    /// A moment, and spaces up to where the next column begins.
    static func column(_ moment: String) -> String { moment + String(repeating: " ", count: max(2, 16 - moment.count)) }
}
