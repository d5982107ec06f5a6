internal import ByteCoding

/// Numbers in the order and form in which they follow each other in a structure.
struct LittleEndianNumbers {
    let bytes: [UInt8]

    init<each Number: FixedWidthInteger>(_ number: repeat each Number) {
        var writer = ByteWriter()
        for number in repeat each number { writer.write(number) }
        bytes = writer.bytes
    }
}
