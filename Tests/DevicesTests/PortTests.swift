import Devices
import Testing

@Suite struct PortTests {
    @Test func portBShowsTheTimer() {
        var port = SystemControlPortB()
        port.write(0xFF)
        #expect(port.timerGate)
        #expect(port.read(timerOutput: true, now: .start) == 0x2F)
        #expect(port.read(timerOutput: false, now: .start) == 0x0F)
        port.write(0x00)
        #expect(!SystemControlPortB(state: port.state).timerGate)
    }

    @Test func portBTogglesWithTheRefresh() {
        let port = SystemControlPortB()
        let levels = (0..<4).map { port.read(timerOutput: false, now: MachineTime(nanoseconds: $0 * 15_086)) }
        #expect(levels == [0x00, 0x10, 0x00, 0x10])
    }

    @Test func portAGatesAddressLine20() {
        var port = SystemControlPortA()
        #expect(port.read() == 0x02)
        #expect(port.addressLine20)
        #expect(port.write(0xFC) == false)
        #expect(!port.addressLine20)
        #expect(port.read() == 0)
        #expect(port.write(0x03) == true)
        #expect(port.write(0x03) == false)
        #expect(SystemControlPortA(state: port.state).read() == 0x03)
    }

    @Test func resetControlResetsOnARise() {
        var control = ResetControl()
        #expect(control.write(0x02) == nil)
        #expect(control.write(0x06) == .system)
        #expect(control.write(0x06) == nil)
        #expect(control.write(0x00) == nil)
        #expect(control.write(0xFD) == .processor)
        #expect(control.read() == 0x04)
        #expect(ResetControl(state: control.state).read() == 0x04)
    }

    @Test func theDebugConsoleSaysThatItIsThere() {
        let console = DebugConsole()
        #expect(console.read() == 0xE9)
        #expect(console.write(0x41) == 0x41)
    }

    @Test(arguments: [(UInt32(0), UInt8(1)), (1, 3), (0x31, 0x63), (0x80, 1), (.max, 0xFF)])
    func theExitPortHasQEMUsStatus(value: UInt32, status: UInt8) {
        let code = ExitPort().write(value)
        #expect(code.rawValue == value)
        #expect(code.qemuStatus == status)
    }

    @Test func thePOSTPortShowsTheLastCode() {
        var port = POSTPort()
        port.write(0x42)
        #expect(port.read() == 0x42)
        #expect(POSTPort(state: port.state).code == 0x42)
    }
}
