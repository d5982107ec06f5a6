import Platform
import Testing

@testable import Devices

@Suite struct KeyboardController8042Tests {
    private static let a = ScanCode(0x1E)
    private static let rightArrow = ScanCode(0x4D, isExtended: true)

    /// Reads all that waits.
    private func drain(_ controller: inout KeyboardController8042) -> [UInt8] {
        var bytes: [UInt8] = []
        while controller.read(.command) & 1 != 0 { bytes.append(controller.read(.data)) }
        return bytes
    }

    private func answers(_ controller: inout KeyboardController8042, command: UInt8) -> [UInt8] {
        _ = controller.write(.command, command)
        return drain(&controller)
    }

    private func answers(_ controller: inout KeyboardController8042, keyboard bytes: UInt8...) -> [UInt8] {
        for byte in bytes { _ = controller.write(.data, byte) }
        return drain(&controller)
    }

    @Test func aKeyIsTranslatedToSet1() {
        var controller = KeyboardController8042()
        _ = controller.setKey(Self.a, isPressed: true)
        _ = controller.setKey(Self.a, isPressed: false)
        #expect(drain(&controller) == [0x1E, 0x9E])
    }

    @Test func anExtendedKeyHasItsPrefix() {
        var controller = KeyboardController8042()
        _ = controller.setKey(Self.rightArrow, isPressed: true)
        _ = controller.setKey(Self.rightArrow, isPressed: false)
        #expect(drain(&controller) == [0xE0, 0x4D, 0xE0, 0xCD])
    }

    @Test func withoutTranslationAKeyIsInSet2() {
        var controller = KeyboardController8042()
        _ = controller.write(.command, 0x60)
        _ = controller.write(.data, 0x05)
        _ = controller.setKey(Self.a, isPressed: true)
        _ = controller.setKey(Self.a, isPressed: false)
        #expect(drain(&controller) == [0x1C, 0xF0, 0x1C])
    }

    @Test(
        arguments: [
            (0x1E, 0x1C), (0x02, 0x16), (0x1C, 0x5A), (0x3B, 0x05), (0x41, 0x83), (0x01, 0x76), (0x39, 0x29),
            (0x57, 0x78),
            (0x58, 0x07), (0x54, 0x84), (0x2A, 0x12), (0x46, 0x7E),
        ] as [(UInt8, UInt8)]
    )
    func theScanCodeSetsAgree(set1: UInt8, set2: UInt8) {
        #expect(ScanCode(set1).set2(isPressed: true) == [set2])
        #expect(ScanCode.translated(set2) == set1)
    }

    @Test func everyKeySurvivesTranslation() {
        for code in UInt8(1)...0x7F {
            let bytes = ScanCode(code).set2(isPressed: true)
            #expect(bytes.map(ScanCode.translated) == [code])
        }
    }

    @Test func aKeyRaisesTheInterruptLine() {
        var controller = KeyboardController8042()
        #expect(!controller.keyboardInterruptLine)
        _ = controller.setKey(Self.a, isPressed: true)
        _ = controller.setKey(Self.a, isPressed: false)
        #expect(controller.keyboardInterruptLine)
        let edges = [controller.takeKeyboardEdge(), controller.takeKeyboardEdge()]
        #expect(edges == [true, false])
        _ = controller.read(.data)
        let edge = controller.takeKeyboardEdge()
        #expect(edge)
        _ = controller.read(.data)
        #expect(!controller.keyboardInterruptLine)
    }

    @Test func anEmptyBufferShowsItsLastByte() {
        var controller = KeyboardController8042()
        _ = controller.setKey(Self.a, isPressed: true)
        _ = controller.read(.data)
        #expect(controller.read(.data) == 0x1E)
    }

    @Test func theControllerTestsItself() {
        var controller = KeyboardController8042()
        #expect(answers(&controller, command: 0xAA) == [0x55])
        #expect(answers(&controller, command: 0xAB) == [0x00])
        #expect(answers(&controller, command: 0xA9) == [0x00])
        #expect(answers(&controller, command: 0x20) == [0x45])
        #expect(answers(&controller, command: 0xC0) == [0x80])
    }

    @Test func statusTellsCommandFromData() {
        var controller = KeyboardController8042()
        _ = controller.write(.command, 0xAE)
        #expect(controller.read(.command) == 0x1C)
        _ = controller.write(.data, 0xF4)
        #expect(controller.read(.command) == 0x15)
    }

    @Test func theKeyboardAnswersItsCommands() {
        var controller = KeyboardController8042()
        #expect(answers(&controller, keyboard: 0xFF) == [0xFA, 0xAA])
        #expect(answers(&controller, keyboard: 0xED, 0x07) == [0xFA, 0xFA])
        #expect(answers(&controller, keyboard: 0xF3, 0x20) == [0xFA, 0xFA])
        #expect(answers(&controller, keyboard: 0xEE) == [0xEE])
        #expect(answers(&controller, keyboard: 0xF6) == [0xFA])
        #expect(answers(&controller, keyboard: 0x01) == [0xFE])
        // Translation reaches answers too: 0x83 becomes 0x41.
        #expect(answers(&controller, keyboard: 0xF2) == [0xFA, 0xAB, 0x41])
    }

    @Test func theKeyboardKnowsTwoScanCodeSets() {
        var controller = KeyboardController8042()
        _ = controller.write(.command, 0x60)
        _ = controller.write(.data, 0x05)
        #expect(answers(&controller, keyboard: 0xF0, 0x01) == [0xFA, 0xFA])
        #expect(answers(&controller, keyboard: 0xF0, 0x00) == [0xFA, 0xFA, 0x01])
        #expect(answers(&controller, keyboard: 0xF0, 0x03) == [0xFA, 0xFE])
        _ = controller.setKey(Self.rightArrow, isPressed: false)
        #expect(drain(&controller) == [0xE0, 0xCD])
    }

    @Test func aSilencedKeyboardLosesKeys() {
        var controller = KeyboardController8042()
        #expect(answers(&controller, keyboard: 0xF5) == [0xFA])
        let isTaken = controller.setKey(Self.a, isPressed: true)
        #expect(!isTaken)
        #expect(answers(&controller, keyboard: 0xF4) == [0xFA])
        #expect(controller.setKey(Self.a, isPressed: true) == true)
    }

    @Test func aFullKeyboardLosesKeys() {
        var controller = KeyboardController8042()
        let taken = (0..<40).map { _ in controller.setKey(Self.a, isPressed: true) }
        #expect(taken.count { $0 } == Keyboard.queueDepth + 1)
        #expect(drain(&controller) == [UInt8](repeating: 0x1E, count: Keyboard.queueDepth + 1))
    }

    @Test func aDisabledKeyboardWaits() {
        var controller = KeyboardController8042()
        _ = controller.write(.command, 0xAD)
        _ = controller.setKey(Self.a, isPressed: true)
        #expect(drain(&controller) == [])
        _ = controller.write(.command, 0xAE)
        #expect(drain(&controller) == [0x1E])
    }

    @Test func nobodyIsAtTheMouseConnector() {
        var controller = KeyboardController8042()
        _ = controller.write(.command, 0x60)
        _ = controller.write(.data, 0x47)
        _ = controller.write(.command, 0xD4)
        _ = controller.write(.data, 0xFF)
        #expect(controller.auxiliaryInterruptLine)
        #expect(controller.takeAuxiliaryEdge() == true)
        #expect(controller.read(.command) & 0x61 == 0x61)
        #expect(controller.read(.data) == 0xFE)
        #expect(controller.read(.command) & 0x61 == 0)
    }

    @Test func theOutputBuffersCanBeWritten() {
        var controller = KeyboardController8042()
        _ = controller.write(.command, 0xD3)
        _ = controller.write(.data, 0x5A)
        #expect(controller.read(.command) & 0x21 == 0x21)
        #expect(drain(&controller) == [0x5A])
        _ = controller.write(.command, 0xD2)
        _ = controller.write(.data, 0xA5)
        #expect(controller.read(.command) & 0x21 == 0x01)
        #expect(drain(&controller) == [0xA5])
    }

    @Test func theOutputPortGatesAddressLine20() {
        var controller = KeyboardController8042()
        #expect(controller.addressLine20)
        _ = controller.write(.command, 0xD1)
        #expect(controller.write(.data, 0x01) == false)
        #expect(!controller.addressLine20)
        #expect(answers(&controller, command: 0xD0) == [0x01])
        _ = controller.write(.command, 0xDF)
        #expect(controller.addressLine20)
        _ = controller.write(.command, 0xDD)
        #expect(!controller.addressLine20)
    }

    @Test func theResetLineResets() {
        var controller = KeyboardController8042()
        #expect(controller.write(.command, 0xFE) == true)
        #expect(controller.write(.command, 0xFF) == false)
        _ = controller.write(.command, 0xD1)
        #expect(controller.write(.data, 0x02) == true)
    }

    @Test func noAccessTrapsAndTheStateRoundTrips() {
        var controller = KeyboardController8042()
        hammer(
            &controller,
            seed: 8042,
            actions: [
                { _ = $0.write($1.numbers.pick(KeyboardController8042.Register.allCases), $1.numbers.byte()) },
                { _ = $0.read($1.numbers.pick(KeyboardController8042.Register.allCases)) },
                { controller, run in
                    let key = ScanCode(run.numbers.byte(), isExtended: run.numbers.quadword() & 1 == 0)
                    _ = controller.setKey(key, isPressed: run.numbers.quadword() & 1 == 0)
                },
                { controller, _ in _ = controller.takeKeyboardEdge() != controller.takeAuxiliaryEdge() },
                { controller, _ in controller = KeyboardController8042(state: controller.state) },
            ]
        )
        var copy = KeyboardController8042(state: controller.state)
        #expect(drain(&copy) == drain(&controller))
        #expect(copy.state == controller.state)
    }
}
