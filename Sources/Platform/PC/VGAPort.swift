/// The VGA adapter's ports, with the colour addresses of the CRT controller.
public enum VGAPort: UInt16, CaseIterable, Sendable {
    /// Attribute controller: index and data in turn when written.
    case attributeIndex = 0x3C0
    /// Attribute controller: data when read.
    case attributeData = 0x3C1
    /// Miscellaneous output when written; input status 0 when read.
    case miscellaneousWrite = 0x3C2
    /// Sequencer index.
    case sequencerIndex = 0x3C4
    /// Sequencer data.
    case sequencerData = 0x3C5
    /// Palette mask.
    case paletteMask = 0x3C6
    /// Palette index for reading when written; palette state when read.
    case paletteReadIndex = 0x3C7
    /// Palette index for writing.
    case paletteWriteIndex = 0x3C8
    /// Palette data: red, green, blue in turn.
    case paletteData = 0x3C9
    /// Feature control when read.
    case featureRead = 0x3CA
    /// Miscellaneous output when read.
    case miscellaneousRead = 0x3CC
    /// Graphics controller index.
    case graphicsIndex = 0x3CE
    /// Graphics controller data.
    case graphicsData = 0x3CF
    /// CRT controller index.
    case controllerIndex = 0x3D4
    /// CRT controller data.
    case controllerData = 0x3D5
    /// Input status 1 when read, which also makes the next write to the attribute controller an index; feature control
    /// when written.
    case inputStatus1 = 0x3DA
}
