import ByteCoding
import Platform
import X86

/// What version 3 of the format added to the header.
extension TraceHeader {
    func encodeVersion3(to writer: inout ByteWriter) {
        writer.write(recording.engine.rawValue)
        writer.write(text: recording.processor.vendor)
        writer.write(recording.processor.signature)
        writer.write(recording.countsInstructions)
        writer.write(optional: setup.boot.map(\.number))
        writer.write(setup.clock.number)
        writer.write(optional: setup.clockDate)
        writer.writeVarint(UInt64(setup.drives.count))
        for drive in setup.drives {
            writer.write(text: drive.name)
            writer.write(drive.interface.number)
            writer.write(drive.isWritable)
        }
        writer.write(trapped.reduce(UInt8(0)) { $0 | 1 << $1.rawValue })
        writer.write(optional: trapPort)
        writer.write(listsWrittenPages)
    }

    mutating func decodeVersion3(from cursor: inout ByteCursor) throws(ByteCodingError) {
        let number: UInt8 = try cursor.read()
        guard let engine = RecordingEngine(rawValue: number) else {
            throw .invalidValue(field: "recording engine", value: UInt64(number))
        }
        recording = Recording(
            engine: engine,
            processor: ProcessorModel(
                vendor: try cursor.readString(limit: Limits.vendorBytes),
                signature: try cursor.read()
            ),
            countsInstructions: try cursor.readFlag()
        )
        setup = try Setup(from: &cursor)
        let mask: UInt8 = try cursor.read()
        trapped = Set(HiddenInstruction.allCases.filter { mask & 1 << $0.rawValue != 0 })
        guard mask >> UInt8(HiddenInstruction.allCases.count) == 0 else {
            throw .invalidValue(field: "trapped instructions", value: UInt64(mask))
        }
        trapPort = try cursor.readOptional()
        listsWrittenPages = try cursor.readFlag()
    }
}

extension TraceHeader.Setup {
    fileprivate init(from cursor: inout ByteCursor) throws(ByteCodingError) {
        let boot: UInt8? = try cursor.readOptional()
        self.init(
            boot: try boot.map { number throws(ByteCodingError) in try BootProtocol(number: number) },
            clock: try ClockPolicy(number: cursor.read()),
            clockDate: try cursor.readOptional()
        )
        for _ in 0..<(try cursor.readCount(limit: Limits.textItems)) {
            drives.append(
                TraceHeader.Drive(
                    name: try cursor.readString(limit: Limits.textBytes),
                    interface: try DriveInterface(number: cursor.read()),
                    isWritable: try cursor.readFlag()
                )
            )
        }
    }
}

// MARK: Words that a trace keeps by their numbers

private protocol NumberedWord: Equatable {
    /// All words. A word's index is its number in a trace.
    static var numbered: [Self] { get }
    /// The name that error messages give to the field.
    static var field: String { get }
}

extension NumberedWord {
    fileprivate var number: UInt8 {
        guard let number = Self.numbered.firstIndex(of: self) else { preconditionFailure("\(self) has no number") }
        return UInt8(number)
    }

    fileprivate init(number: UInt8) throws(ByteCodingError) {
        guard Self.numbered.indices.contains(Int(number)) else {
            throw .invalidValue(field: Self.field, value: UInt64(number))
        }
        self = Self.numbered[Int(number)]
    }
}

extension BootProtocol: NumberedWord {
    fileprivate static var numbered: [Self] {
        [.multiboot, .multiboot2, .linux, .pvh, .hvt, .firmware, .sector, .flat]
    }
    fileprivate static var field: String { "boot protocol" }
}

extension ClockPolicy: NumberedWord {
    fileprivate static var numbered: [Self] { [.real, .virtual] }
    fileprivate static var field: String { "clock" }
}

extension DriveInterface: NumberedWord {
    fileprivate static var numbered: [Self] { [.ide, .virtio] }
    fileprivate static var field: String { "interface of a drive" }
}
