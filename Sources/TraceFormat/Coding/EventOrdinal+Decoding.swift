import ByteCoding

extension EventOrdinal {
    /// Takes a number from a file as an ordinal, or as one past the last: every ordinal of a trace comes this way.
    init(decoding number: UInt64) throws(ByteCodingError) {
        guard number <= Limits.eventOrdinals else { throw .invalidValue(field: "event ordinal", value: number) }
        self.init(number)
    }
}
