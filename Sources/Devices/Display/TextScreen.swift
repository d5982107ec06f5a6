/// What a VGA text screen shows, as text.
public struct TextScreen: Hashable, Sendable, CustomStringConvertible {
    /// Characters in a line.
    public static let columnCount = 80

    /// Lines on the screen.
    public static let lineCount = 25

    /// Bytes of text memory.
    public static let memoryByteCount = 0x8000

    /// One character of the screen.
    public struct Cell: Hashable, Sendable {
        /// What is shown.
        public var character: Character
        /// Bits 0 to 3 are the colour of the character, 4 to 6 that of the background; bit 7 lets it blink.
        public var attribute: UInt8
    }

    /// The characters, line by line from top to bottom.
    public let cells: [[Cell]]

    /// The screen that begins `start` characters into text memory, in which each character is a code and an attribute.
    /// Text memory wraps around, and is blank after the end of `memory`.
    public init(memory: Span<UInt8>, start: UInt16 = 0) {
        var cells: [[Cell]] = []
        for line in 0..<Self.lineCount {
            var row: [Cell] = []
            for column in 0..<Self.columnCount {
                let place = (Int(start) + line * Self.columnCount + column) * 2 % Self.memoryByteCount
                row.append(
                    Cell(
                        character: place < memory.count ? Self.character(memory[place]) : " ",
                        attribute: place + 1 < memory.count ? memory[place + 1] : 0
                    )
                )
            }
            cells.append(row)
        }
        self.cells = cells
    }

    /// The lines from top to bottom, without the spaces at their ends.
    public var lines: [String] {
        cells.map { row in
            var text = String(row.map(\.character))
            while text.last == " " { text.removeLast() }
            return text
        }
    }

    /// The lines, each with its end.
    public var description: String { lines.map { $0 + "\n" }.joined() }

    /// The character of the PC's code page 437.
    private static func character(_ code: UInt8) -> Character {
        switch code {
        case 0x20..<0x7F: Character(Unicode.Scalar(code))
        case 0..<0x20: low[Int(code)]
        default: high[Int(code - 0x7F)]
        }
    }

    private static let low: [Character] = Array(" ☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼")

    private static let high: [Character] = Array(
        "⌂ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■ "
    )
}
