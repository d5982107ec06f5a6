/// What the manuals leave undefined, as the recording processor does it.
enum Quirks {
    /// AF behind shifts by a count that is not 0. Set by AMD Zen.
    static let shiftAdjust = true

    /// OF behind DAA and DAS: as of the addition or subtraction that they make.
    static func decimalOverflow(_ old: UInt8, _ new: UInt8, added: Bool) -> Bool {
        added ? ~old & new & 0x80 != 0 : old & ~new & 0x80 != 0
    }
}
