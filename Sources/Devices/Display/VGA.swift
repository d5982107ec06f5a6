public import Platform

/// The registers of a VGA adapter, as far as text mode needs them. Every register can be written and read back. The
/// memory at 0xB8000 belongs to the board (IBM VGA technical reference).
public struct VGA: Sendable {
    /// The adapter's ports, with the colour addresses of the CRT controller.
    public typealias Register = VGAPort

    /// Indexes of the CRT controller's registers that place the text.
    private enum ControllerRegister: Int {
        case cursorStart = 0x0A
        case cursorEnd = 0x0B
        case startHigh = 0x0C
        case startLow = 0x0D
        case cursorHigh = 0x0E
        case cursorLow = 0x0F
        case verticalRetraceEnd = 0x11
    }

    /// Everything that the adapter remembers.
    public struct State: Hashable, Sendable {
        var miscellaneous: UInt8 = 0x67
        var featureControl: UInt8 = 0
        var attribute = IndexedRegisters(count: 0x15, indexMask: 0x3F)
        var attributeExpectsData = false
        var sequencer = IndexedRegisters(count: 0x05, indexMask: 0x07)
        var graphics = IndexedRegisters(count: 0x09, indexMask: 0x0F)
        var controller = IndexedRegisters(count: 0x19, indexMask: 0x3F)
        var palette = [UInt8](repeating: 0, count: 256 * 3)
        var paletteMask: UInt8 = 0xFF
        var palettePosition = 0
        var paletteIsForReading = false
    }

    /// A bank of registers selected by an index.
    struct IndexedRegisters: Hashable, Sendable {
        var index: UInt8 = 0
        var values: [UInt8]
        let indexMask: UInt8

        init(count: Int, indexMask: UInt8) {
            values = [UInt8](repeating: 0, count: count)
            self.indexMask = indexMask
        }

        var selected: UInt8 {
            get { Int(index) < values.count ? values[Int(index)] : 0 }
            set { if Int(index) < values.count { values[Int(index)] = newValue } }
        }

        mutating func select(_ value: UInt8) { index = value & indexMask }
    }

    /// Nanoseconds from one frame to the next, at 70 Hz, and how many of them are without picture.
    private static let framePeriod: UInt64 = 14_268_000
    private static let frameBlanking: UInt64 = 1_112_000
    private static let linePeriod: UInt64 = 31_778
    private static let lineBlanking: UInt64 = 6_356

    /// What the adapter remembers.
    public private(set) var state: State

    /// An adapter in the text mode of 80 columns and 25 lines, as firmware leaves it, with the cursor at the top left.
    public init() {
        state = State()
        state.controller.values[ControllerRegister.cursorStart.rawValue] = 0x0D
        state.controller.values[ControllerRegister.cursorEnd.rawValue] = 0x0E
        // Offset: 80 characters a line.
        state.controller.values[0x13] = 40
    }

    /// An adapter as it was.
    public init(state: State) { self.state = state }

    /// Where the cursor is, in characters from the start of text memory.
    public var cursorAddress: UInt16 { word(.cursorHigh, .cursorLow) }

    /// Where the screen's first character is, in characters from the start of text memory.
    public var startAddress: UInt16 { word(.startHigh, .startLow) }

    /// Whether the cursor is seen.
    public var isCursorVisible: Bool {
        state.controller.values[ControllerRegister.cursorStart.rawValue] & 0x20 == 0
    }

    private func word(_ high: ControllerRegister, _ low: ControllerRegister) -> UInt16 {
        UInt16(state.controller.values[high.rawValue]) << 8 | UInt16(state.controller.values[low.rawValue])
    }

    /// Reads a port.
    public mutating func read(_ register: Register, now: MachineTime) -> UInt8 {
        switch register {
        case .attributeIndex: return state.attribute.index
        case .attributeData:
            // Bit 5 of the index is not part of the number: it enables the picture.
            return attributeNumber.map { state.attribute.values[$0] } ?? 0
        case .miscellaneousWrite: return 0
        case .sequencerIndex: return state.sequencer.index
        case .sequencerData: return state.sequencer.selected
        case .paletteMask: return state.paletteMask
        case .paletteReadIndex: return state.paletteIsForReading ? 0b11 : 0b00
        case .paletteWriteIndex: return UInt8(truncatingIfNeeded: state.palettePosition / 3)
        case .paletteData: return nextPaletteByte(writing: nil)
        case .featureRead: return state.featureControl
        case .miscellaneousRead: return state.miscellaneous
        case .graphicsIndex: return state.graphics.index
        case .graphicsData: return state.graphics.selected
        case .controllerIndex: return state.controller.index
        case .controllerData: return state.controller.selected
        case .inputStatus1:
            state.attributeExpectsData = false
            return Self.inputStatus(at: now)
        }
    }

    /// Writes a port.
    public mutating func write(_ register: Register, _ value: UInt8) {
        switch register {
        case .attributeIndex: writeAttribute(value)
        case .miscellaneousWrite: state.miscellaneous = value
        case .sequencerIndex: state.sequencer.select(value)
        case .sequencerData: state.sequencer.selected = value
        case .paletteMask: state.paletteMask = value
        case .paletteReadIndex: selectPalette(value, forReading: true)
        case .paletteWriteIndex: selectPalette(value, forReading: false)
        case .paletteData: _ = nextPaletteByte(writing: value)
        case .graphicsIndex: state.graphics.select(value)
        case .graphicsData: state.graphics.selected = value
        case .controllerIndex: state.controller.select(value)
        case .controllerData: writeController(value)
        case .inputStatus1: state.featureControl = value
        case .attributeData, .featureRead, .miscellaneousRead: break
        }
    }

    private var attributeNumber: Int? {
        let number = Int(state.attribute.index & 0x1F)
        return number < state.attribute.values.count ? number : nil
    }

    private mutating func writeAttribute(_ value: UInt8) {
        if !state.attributeExpectsData {
            state.attribute.select(value)
        } else if let attributeNumber {
            state.attribute.values[attributeNumber] = value
        }
        state.attributeExpectsData.toggle()
    }

    /// Bit 7 of register 0x11 protects registers 0 to 7, except bit 4 of register 7.
    private mutating func writeController(_ value: UInt8) {
        let isProtected = state.controller.values[ControllerRegister.verticalRetraceEnd.rawValue] & 0x80 != 0
        guard isProtected, state.controller.index <= 7 else {
            state.controller.selected = value
            return
        }
        guard state.controller.index == 7 else { return }
        state.controller.selected = state.controller.selected & ~0x10 | value & 0x10
    }

    private mutating func selectPalette(_ index: UInt8, forReading: Bool) {
        state.palettePosition = Int(index) * 3
        state.paletteIsForReading = forReading
    }

    private mutating func nextPaletteByte(writing value: UInt8?) -> UInt8 {
        let position = state.palettePosition % state.palette.count
        state.palettePosition = (position + 1) % state.palette.count
        // Six bits for each colour.
        if let value { state.palette[position] = value & 0x3F }
        return state.palette[position]
    }

    /// Bit 0: no picture is being drawn; bit 3: the beam returns to the top.
    private static func inputStatus(at now: MachineTime) -> UInt8 {
        let inFrame = now.nanoseconds % framePeriod
        let isVertical = inFrame >= framePeriod - frameBlanking
        let isHorizontal = inFrame % linePeriod >= linePeriod - lineBlanking
        return (isVertical ? 0b1000 : 0) | (isVertical || isHorizontal ? 1 : 0)
    }
}
