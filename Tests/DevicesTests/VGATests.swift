import Devices
import Platform
import Testing

@Suite struct VGATests {
    @Test func theCursorIsWhereTheControllerSays() {
        var adapter = VGA()
        for (index, value) in [(0x0E, 0x01), (0x0F, 0x23), (0x0C, 0x04), (0x0D, 0x56), (0x0A, 0x20)] as [(UInt8, UInt8)]
        {
            adapter.write(.controllerIndex, index)
            adapter.write(.controllerData, value)
        }
        #expect(adapter.cursorAddress == 0x0123)
        #expect(adapter.startAddress == 0x0456)
        #expect(!adapter.isCursorVisible)
        #expect(VGA().isCursorVisible)
        #expect(adapter.read(.controllerData, now: .start) == 0x20)
        #expect(adapter.read(.controllerIndex, now: .start) == 0x0A)
    }

    @Test func banksKeepTheirRegisters() {
        var adapter = VGA()
        for (index, data) in [
            (.sequencerIndex, .sequencerData), (.graphicsIndex, .graphicsData), (.controllerIndex, .controllerData),
        ] as [(VGA.Register, VGA.Register)] {
            adapter.write(index, 3)
            adapter.write(data, 0xA5)
            adapter.write(index, 4)
            adapter.write(data, 0x5A)
            adapter.write(index, 3)
            #expect(adapter.read(data, now: .start) == 0xA5)
            adapter.write(index, 0xFF)
            adapter.write(data, 0x11)
            #expect(adapter.read(data, now: .start) == 0)
        }
    }

    @Test func theFirstControllerRegistersCanBeProtected() {
        var adapter = VGA()
        adapter.write(.controllerIndex, 0x11)
        adapter.write(.controllerData, 0x80)
        for index in [UInt8(0), 7] {
            adapter.write(.controllerIndex, index)
            adapter.write(.controllerData, 0xFF)
        }
        #expect(adapter.read(.controllerData, now: .start) == 0x10)
        adapter.write(.controllerIndex, 0)
        #expect(adapter.read(.controllerData, now: .start) == 0)
    }

    @Test func theAttributeControllerTakesIndexAndDataInTurn() {
        var adapter = VGA()
        _ = adapter.read(.inputStatus1, now: .start)
        adapter.write(.attributeIndex, 0x30)
        adapter.write(.attributeIndex, 0x0C)
        adapter.write(.attributeIndex, 0x05)
        _ = adapter.read(.inputStatus1, now: .start)
        adapter.write(.attributeIndex, 0x10)
        #expect(adapter.read(.attributeData, now: .start) == 0x0C)
        #expect(adapter.read(.attributeIndex, now: .start) == 0x10)
    }

    @Test func thePaletteGoesOnByItself() {
        var adapter = VGA()
        adapter.write(.paletteWriteIndex, 0xFF)
        for value in [1, 2, 0xFF, 4] as [UInt8] { adapter.write(.paletteData, value) }
        #expect(adapter.read(.paletteReadIndex, now: .start) == 0)
        adapter.write(.paletteReadIndex, 0xFF)
        #expect(adapter.read(.paletteReadIndex, now: .start) == 3)
        #expect((0..<4).map { _ in adapter.read(.paletteData, now: .start) } == [1, 2, 0x3F, 4])
    }

    @Test func otherRegistersAreReadElsewhere() {
        var adapter = VGA()
        adapter.write(.miscellaneousWrite, 0x63)
        adapter.write(.inputStatus1, 0x02)
        adapter.write(.paletteMask, 0x7F)
        #expect(adapter.read(.miscellaneousRead, now: .start) == 0x63)
        #expect(adapter.read(.featureRead, now: .start) == 0x02)
        #expect(adapter.read(.paletteMask, now: .start) == 0x7F)
    }

    @Test func thePictureIsRetraced70TimesASecond() {
        var adapter = VGA()
        #expect(adapter.read(.inputStatus1, now: .start) == 0)
        #expect(adapter.read(.inputStatus1, now: MachineTime(nanoseconds: 30_000)) == 1)
        #expect(adapter.read(.inputStatus1, now: MachineTime(nanoseconds: 14_000_000)) == 9)
        #expect(adapter.read(.inputStatus1, now: MachineTime(nanoseconds: 14_268_000)) == 0)
    }

    @Test func theScreenIsText() {
        var memory = [UInt8](repeating: 0, count: TextScreen.memoryByteCount)
        for (index, byte) in "Hello ".utf8.enumerated() { memory[160 + 2 * index] = byte }
        memory[160 + 12] = 0xC9
        memory[160 + 14] = 0x01
        memory[160 + 16] = 0x7F
        memory[160 + 18] = 0xFF
        let screen = TextScreen(memory: memory.span)
        #expect(screen.lines.count == 25)
        #expect(screen.lines[1] == "Hello ╔☺⌂")
        #expect(screen.lines[0].isEmpty)
        #expect(TextScreen(memory: memory.span, start: 80).lines[0] == "Hello ╔☺⌂")
        #expect(screen.description.hasPrefix("\nHello"))
    }

    @Test func aScreenBeyondItsMemoryIsBlank() {
        let memory: [UInt8] = [0x41]
        #expect(TextScreen(memory: memory.span).lines[0] == "A")
        #expect(TextScreen(memory: memory.span, start: .max).lines[0] == " A")
    }

    @Test func noAccessTrapsAndTheStateRoundTrips() {
        var adapter = VGA()
        hammer(
            &adapter,
            seed: 0x3C0,
            actions: [
                { $0.write($1.numbers.pick(VGA.Register.allCases), $1.numbers.byte()) },
                { _ = $0.read($1.numbers.pick(VGA.Register.allCases), now: $1.later()) },
                { adapter, _ in adapter = VGA(state: adapter.state) },
            ]
        )
        var copy = VGA(state: adapter.state)
        let registers = VGA.Register.allCases
        #expect(registers.map { copy.read($0, now: .start) } == registers.map { adapter.read($0, now: .start) })
        #expect(copy.state == adapter.state)
    }
}
