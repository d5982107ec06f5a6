extension ByteWriter {
    /// Appends a Boolean as one byte, 0 or 1.
    public mutating func write(_ flag: Bool) {
        write(UInt8(flag ? 1 : 0))
    }

    /// Appends whether there is a value, and the value if so.
    public mutating func write<Value: FixedWidthInteger>(optional value: Value?) {
        write(value != nil)
        if let value { write(value) }
    }
}

extension ByteCursor {
    /// Reads a Boolean, refusing any byte but 0 and 1.
    public mutating func readFlag() throws(ByteCodingError) -> Bool {
        let value: UInt8 = try read()
        guard value <= 1 else { throw .invalidValue(field: "flag", value: UInt64(value)) }
        return value == 1
    }

    /// Reads a value that may be absent.
    public mutating func readOptional<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type = Value.self
    ) throws(ByteCodingError) -> Value? {
        try readFlag() ? try read(type) : nil
    }
}
