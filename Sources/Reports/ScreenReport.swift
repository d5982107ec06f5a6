internal import Devices
internal import Platform
public import Replayer
public import TraceFormat
internal import X86

/// What a guest's VGA text screen shows.
public struct ScreenReport: Codable, Hashable, Sendable {
    /// Characters that follow one another in a line and look alike.
    public struct Run: Codable, Hashable, Sendable {
        /// The characters.
        public var text: String
        /// Their VGA attribute: bits 0 to 3 are the colour, 4 to 6 the background.
        public var attribute: UInt8
    }

    /// The lines from top to bottom, 25 of 80 characters.
    public var rows: [[Run]]

    /// Reads the screen of a machine; nil if the machine has no text memory.
    ///
    /// - Parameter start: how many characters into text memory the screen begins.
    public init?(_ view: inout some MachineView, start: UInt16 = 0) throws(TraceError) {
        let address = GuestPhysicalAddress(AddressSpace.textMemory)
        guard let bytes = try view.read(address, count: TextScreen.memoryByteCount) else { return nil }
        rows = TextScreen(memory: bytes.span, start: start).cells.map { cells in
            var runs: [Run] = []
            for cell in cells {
                if runs.last?.attribute == cell.attribute {
                    runs[runs.count - 1].text.append(cell.character)
                } else {
                    runs.append(Run(text: String(cell.character), attribute: cell.attribute))
                }
            }
            return runs
        }
    }

    /// The text of the lines from top to bottom, without spaces at their ends and without the blank lines at the end.
    public var lines: [String] {
        var lines = rows.map { runs in
            var text = runs.map(\.text).joined()
            while text.last == " " { text.removeLast() }
            return text
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }
}
