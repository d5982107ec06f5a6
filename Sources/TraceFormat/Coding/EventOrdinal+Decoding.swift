import ByteCoding

extension EventOrdinal {
    /// Accepts a number from a file as an ordinal, or as one past the last. Every ordinal of a trace is read in this
    /// way.
    init(decoding number: UInt64) throws(ByteCodingError) {
        guard number <= Limits.eventOrdinals else { throw .invalidValue(field: "event ordinal", value: number) }
        self.init(number)
    }
}
