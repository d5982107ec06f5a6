import Devices
import Platform
import Testing

@Suite struct UART16550Tests {
    private func read(_ port: inout UART16550, _ register: UART16550.Register) -> UInt8 { port.read(register) }

    @Test func resetValues() {
        var port = UART16550()
        let values = UART16550.Register.allCases.map { port.read($0) }
        #expect(values == [0x00, 0x00, 0x01, 0x00, 0x00, 0x60, 0xB0, 0x00])
        #expect(!port.interruptLine)
    }

    @Test func aWrittenByteGoesOut() {
        var port = UART16550()
        #expect(port.write(.data, 0x41) == 0x41)
        #expect(port.read(.lineStatus) == 0x60)
    }

    @Test func theDivisorLatchReplacesTheFirstTwoRegisters() {
        var port = UART16550()
        _ = port.write(.lineControl, 0x83)
        #expect(port.write(.data, 0x01) == nil)
        _ = port.write(.interruptEnable, 0x02)
        #expect(port.read(.data) == 0x01)
        #expect(port.read(.interruptEnable) == 0x02)
        #expect(port.baudRate == 224)
        _ = port.write(.interruptEnable, 0x00)
        _ = port.write(.data, 0x00)
        #expect(port.baudRate == nil)
        _ = port.write(.lineControl, 0x03)
        #expect(port.read(.interruptEnable) == 0)
        #expect(port.read(.lineControl) == 0x03)
    }

    @Test func reservedBitsReadAsZero() {
        var port = UART16550()
        _ = port.write(.interruptEnable, 0xFF)
        _ = port.write(.modemControl, 0xFF)
        _ = port.write(.scratch, 0xA5)
        #expect(port.read(.interruptEnable) == 0x0F)
        #expect(port.read(.modemControl) == 0x1F)
        #expect(port.read(.scratch) == 0xA5)
    }

    @Test func aReceivedByteIsReadOnce() {
        var port = UART16550()
        port.receive(0x42)
        #expect(port.read(.lineStatus) == 0x61)
        #expect(port.read(.data) == 0x42)
        #expect(port.read(.lineStatus) == 0x60)
    }

    @Test func withoutAFIFOTheSecondByteOverwritesTheFirst() {
        var port = UART16550()
        #expect(port.receiveRoom == 1)
        port.receive(0x41)
        #expect(port.receiveRoom == 0)
        port.receive(0x42)
        #expect(port.read(.lineStatus) == 0x63)
        #expect(port.read(.lineStatus) == 0x61)
        #expect(port.read(.data) == 0x42)
    }

    @Test func aFullFIFOKeepsWhatItHas() {
        var port = UART16550()
        _ = port.write(.interruptIdentification, 0x01)
        for byte in 0..<UInt8(17) { port.receive(byte) }
        #expect(port.receiveRoom == 0)
        #expect(port.read(.lineStatus) == 0x63)
        let received = (0..<16).map { _ in port.read(.data) }
        #expect(received == Array(0..<16))
        #expect(port.read(.lineStatus) == 0x60)
    }

    @Test func theFIFOCanBeCleared() {
        var port = UART16550()
        _ = port.write(.interruptIdentification, 0x01)
        port.receive(1)
        _ = port.write(.interruptIdentification, 0x03)
        #expect(port.read(.lineStatus) == 0x60)
    }

    @Test func switchingTheFIFOEmptiesIt() {
        var port = UART16550()
        _ = port.write(.interruptIdentification, 0x01)
        port.receive(1)
        port.receive(2)
        _ = port.write(.interruptIdentification, 0x00)
        #expect(port.read(.lineStatus) == 0x60)
        #expect(port.read(.interruptIdentification) == 0x01)
    }

    @Test(arguments: [(UInt8(0x01), 1), (0x41, 4), (0x81, 8), (0xC1, 14)])
    func theTriggerLevelTellsDataFromTimeout(control: UInt8, level: Int) {
        var port = UART16550()
        _ = port.write(.interruptIdentification, control)
        _ = port.write(.interruptEnable, 0x01)
        for byte in 0..<UInt8(level - 1) { port.receive(byte) }
        #expect(port.interruptLine == (level > 1))
        #expect(port.read(.interruptIdentification) == (level > 1 ? 0xCC : 0xC1))
        port.receive(0)
        #expect(port.read(.interruptIdentification) == 0xC4)
    }

    @Test func enablingTheTransmitterInterruptRaisesIt() {
        var port = UART16550()
        _ = port.write(.interruptEnable, 0x02)
        #expect(port.interruptLine)
        #expect(port.read(.interruptIdentification) == 0x02)
        #expect(port.read(.interruptIdentification) == 0x01)
        #expect(!port.interruptLine)
    }

    @Test func everyByteSentRaisesTheTransmitterInterruptAgain() {
        var port = UART16550()
        _ = port.write(.interruptEnable, 0x02)
        _ = port.read(.interruptIdentification)
        _ = port.write(.data, 1)
        #expect(port.interruptLine)
    }

    @Test func interruptsHaveTheirPriorities() {
        var port = UART16550()
        _ = port.write(.modemControl, 0x10)
        _ = port.write(.modemControl, 0x00)
        port.receive(1)
        port.receive(2)
        _ = port.write(.interruptEnable, 0x0F)
        #expect(port.read(.interruptIdentification) == 0x06)
        _ = port.read(.lineStatus)
        #expect(port.read(.interruptIdentification) == 0x04)
        _ = port.read(.data)
        #expect(port.read(.interruptIdentification) == 0x02)
        #expect(port.read(.interruptIdentification) == 0x00)
        _ = port.read(.modemStatus)
        #expect(port.read(.interruptIdentification) == 0x01)
    }

    @Test func aBreakIsALineError() {
        var port = UART16550()
        _ = port.write(.interruptIdentification, 0x01)
        port.receiveBreak()
        #expect(port.read(.lineStatus) == 0xF9)
        #expect(port.read(.data) == 0)
    }

    @Test func loopbackTurnsOutputsIntoInputs() {
        var port = UART16550()
        _ = port.write(.modemControl, 0x10)
        #expect(port.read(.modemStatus) == 0x0B)
        #expect(port.write(.data, 0x55) == nil)
        #expect(port.read(.data) == 0x55)
        _ = port.write(.modemControl, 0x1F)
        #expect(port.read(.modemStatus) == 0xFB)
        _ = port.write(.modemControl, 0x1A)
        #expect(port.read(.modemStatus) == 0x96)
        port.receive(0x66)
        #expect(port.read(.lineStatus) == 0x60)
    }

    @Test func aPortWithNothingAtItsEndAssertsNoInput() {
        var port = UART16550(isConnected: false)
        #expect(port.read(.modemStatus) == 0)
    }

    @Test func noAccessTrapsAndTheStateRoundTrips() {
        var port = UART16550()
        hammer(
            &port,
            seed: 16550,
            actions: [
                { _ = $0.write($1.numbers.pick(UART16550.Register.allCases), $1.numbers.byte()) },
                { _ = $0.read($1.numbers.pick(UART16550.Register.allCases)) },
                { $0.receive($1.numbers.byte()) },
                { port, _ in port.receiveBreak() },
                { port, _ in port = UART16550(state: port.state) },
            ]
        )
        var copy = UART16550(state: port.state)
        #expect(UART16550.Register.allCases.map { copy.read($0) } == UART16550.Register.allCases.map { port.read($0) })
        #expect(copy.state == port.state)
    }
}
