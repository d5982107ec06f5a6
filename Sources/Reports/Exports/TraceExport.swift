internal import FoundationEssentials
public import TraceFormat

/// Writes a trace in another program's format, event by event.
public protocol TraceExport {
    /// What the format consists of.
    associatedtype Piece: ExportedPiece

    /// What comes before the first event.
    mutating func start() -> Piece
    /// What is written for an event; nothing for many.
    mutating func take(_ recorded: RecordedEvent) -> Piece
    /// What comes after the last event.
    mutating func finish() -> Piece
}

/// A part of an exported file.
public protocol ExportedPiece {
    /// The type of ``exported``.
    associatedtype Bytes: Collection<UInt8>
    /// The part as it is in the file.
    var exported: Bytes { get }
}

extension String: ExportedPiece {
    /// The text in UTF-8.
    public var exported: UTF8View { utf8 }
}

extension [UInt8]: ExportedPiece {
    /// The same bytes.
    public var exported: Self { self }
}

/// Texts of JSON (RFC 8259, 7).
enum JSONText {
    /// One object on one line, with its keys in alphabetical order.
    static func object(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// A text between quotes. Nothing in it can control a terminal.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result.printable + "\""
    }
}
