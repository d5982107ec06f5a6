import Devices
import Platform
import Testing

@Suite struct InterruptController8259Tests {
    /// Initialised as a PC's firmware does: vectors 0x08 and 0x70, nothing masked.
    private func initialized(mode: UInt8 = 0x01) -> InterruptController8259 {
        var controller = InterruptController8259()
        for (command, data, base, cascade) in [
            (InterruptController8259.Register.primaryCommand, .primaryData, 0x08, 0x04),
            (.secondaryCommand, .secondaryData, 0x70, 0x02),
        ] as [(InterruptController8259.Register, InterruptController8259.Register, UInt8, UInt8)] {
            controller.write(command, 0x11)
            controller.write(data, base)
            controller.write(data, cascade)
            controller.write(data, mode)
            controller.write(data, 0)
        }
        return controller
    }

    @Test func anUninitializedPairIsQuiet() {
        var controller = InterruptController8259()
        controller.setLine(0, true)
        #expect(!controller.interruptLine)
        #expect(controller.pendingVector == nil)
    }

    @Test func anEdgeIsServedOnce() {
        var controller = initialized()
        controller.setLine(0, true)
        #expect(controller.pendingVector == 0x08)
        #expect(controller.acknowledge() == 0x08)
        controller.write(.primaryCommand, 0x20)
        #expect(!controller.interruptLine)
        controller.setLine(0, false)
        controller.setLine(0, true)
        #expect(controller.interruptLine)
    }

    @Test func anEdgeOutlivesItsLine() {
        var controller = initialized()
        controller.setLine(3, true)
        controller.setLine(3, false)
        #expect(controller.acknowledge() == 0x0B)
    }

    @Test func aPulseOnAHighLineIsAnEdge() {
        var controller = initialized()
        controller.setLine(0, true)
        _ = controller.acknowledge()
        controller.write(.primaryCommand, 0x20)
        controller.pulseLine(0)
        #expect(controller.interruptLine)
        #expect(controller.level(of: 0))
    }

    @Test func aLevelIsServedUntilItFalls() {
        var controller = initialized()
        controller.write(.secondaryEdgeLevel, 0xFF)
        controller.setLine(11, true)
        #expect(controller.acknowledge() == 0x73)
        controller.write(.secondaryCommand, 0x20)
        controller.write(.primaryCommand, 0x20)
        #expect(controller.pendingVector == 0x73)
        controller.setLine(11, false)
        #expect(!controller.interruptLine)
    }

    @Test func edgeLevelRegistersKeepOnlyWhatCanBeLevelTriggered() {
        var controller = initialized()
        controller.write(.primaryEdgeLevel, 0xFF)
        controller.write(.secondaryEdgeLevel, 0xFF)
        #expect(controller.read(.primaryEdgeLevel) == 0xF8)
        #expect(controller.read(.secondaryEdgeLevel) == 0xDE)
    }

    @Test func theLowestNumberHasTheHighestPriority() {
        var controller = initialized()
        controller.setLine(7, true)
        controller.setLine(4, true)
        controller.setLine(12, true)
        #expect(controller.acknowledge() == 0x74)
        controller.write(.secondaryCommand, 0x20)
        controller.write(.primaryCommand, 0x20)
        #expect(controller.acknowledge() == 0x0C)
        #expect(!controller.interruptLine)
        controller.write(.primaryCommand, 0x20)
        #expect(controller.acknowledge() == 0x0F)
    }

    @Test func aHigherPriorityInterruptsALowerOne() {
        var controller = initialized()
        controller.setLine(4, true)
        _ = controller.acknowledge()
        controller.setLine(1, true)
        #expect(controller.pendingVector == 0x09)
    }

    @Test func requestsServiceAndMaskAreReadable() {
        var controller = initialized()
        controller.setLine(1, true)
        controller.setLine(4, true)
        controller.setLine(14, true)
        _ = controller.acknowledge()
        #expect(controller.read(.primaryCommand) == 0b0001_0100)
        controller.write(.primaryCommand, 0x0B)
        #expect(controller.read(.primaryCommand) == 0b0000_0010)
        controller.write(.primaryCommand, 0x0A)
        #expect(controller.read(.primaryCommand) == 0b0001_0100)
        controller.write(.primaryData, 0xA5)
        #expect(controller.read(.primaryData) == 0xA5)
    }

    @Test func aMaskedRequestWaits() {
        var controller = initialized()
        controller.write(.primaryData, 0x01)
        controller.setLine(0, true)
        #expect(!controller.interruptLine)
        controller.write(.primaryData, 0x00)
        #expect(controller.interruptLine)
    }

    @Test(arguments: [(5, UInt8(0x0F)), (9, 0x0F)])
    func aLevelThatFallsBeforeTheAcknowledgementIsSpurious(line: Int, vector: UInt8) {
        var controller = initialized()
        controller.write(.primaryEdgeLevel, 0xFF)
        controller.write(.secondaryEdgeLevel, 0xFF)
        controller.setLine(line, true)
        controller.setLine(line, false)
        #expect(controller.acknowledge() == vector)
        controller.write(.primaryCommand, 0x0B)
        #expect(controller.read(.primaryCommand) == 0)
    }

    @Test func aSpecificEndNamesItsInput() {
        var controller = initialized()
        controller.setLine(4, true)
        _ = controller.acknowledge()
        controller.setLine(1, true)
        _ = controller.acknowledge()
        controller.write(.primaryCommand, 0x64)
        controller.write(.primaryCommand, 0x0B)
        #expect(controller.read(.primaryCommand) == 0b0000_0010)
    }

    @Test func rotationMakesTheServedInputTheLowest() {
        var controller = initialized()
        controller.setLine(3, true)
        _ = controller.acknowledge()
        controller.write(.primaryCommand, 0xA0)
        controller.pulseLine(3)
        controller.setLine(5, true)
        #expect(controller.pendingVector == 0x0D)
    }

    @Test func prioritiesCanBeSet() {
        var controller = initialized()
        controller.write(.primaryCommand, 0xC3)
        controller.setLine(0, true)
        controller.setLine(4, true)
        #expect(controller.pendingVector == 0x0C)
    }

    @Test func specificRotationEndsAndSetsPriority() {
        var controller = initialized()
        controller.setLine(0, true)
        _ = controller.acknowledge()
        controller.write(.primaryCommand, 0xE0)
        controller.pulseLine(0)
        controller.setLine(6, true)
        #expect(controller.pendingVector == 0x0E)
    }

    @Test func automaticEndLeavesNothingInService() {
        var controller = initialized(mode: 0x03)
        controller.setLine(1, true)
        _ = controller.acknowledge()
        controller.write(.primaryCommand, 0x0B)
        #expect(controller.read(.primaryCommand) == 0)
    }

    @Test func automaticEndRotatesWhenAsked() {
        var controller = initialized(mode: 0x03)
        controller.write(.primaryCommand, 0x80)
        controller.setLine(1, true)
        _ = controller.acknowledge()
        controller.pulseLine(1)
        controller.setLine(3, true)
        #expect(controller.pendingVector == 0x0B)
        controller.write(.primaryCommand, 0x00)
        _ = controller.acknowledge()
        controller.pulseLine(3)
        #expect(controller.pendingVector == 0x0B)
    }

    @Test func specialMaskModeLetsLowerPrioritiesThrough() {
        var controller = initialized()
        controller.setLine(2 + 1, true)
        _ = controller.acknowledge()
        controller.setLine(6, true)
        #expect(!controller.interruptLine)
        controller.write(.primaryData, 0x08)
        controller.write(.primaryCommand, 0x68)
        #expect(controller.pendingVector == 0x0E)
        controller.write(.primaryCommand, 0x48)
        #expect(!controller.interruptLine)
    }

    @Test func theFullyNestedModeKeepsTheSecondControllerOutUntilTheEnd() {
        var controller = initialized()
        controller.setLine(12, true)
        _ = controller.acknowledge()
        controller.setLine(8, true)
        #expect(!controller.interruptLine)
    }

    @Test func theSpecialFullyNestedModeLetsTheSecondControllerInterruptItself() {
        var controller = initialized(mode: 0x11)
        controller.setLine(12, true)
        _ = controller.acknowledge()
        controller.setLine(8, true)
        #expect(controller.pendingVector == 0x70)
    }

    @Test func aPollIsAnAcknowledgement() {
        var controller = initialized()
        controller.setLine(5, true)
        controller.write(.primaryCommand, 0x0C)
        #expect(controller.read(.primaryCommand) == 0x85)
        controller.write(.primaryCommand, 0x0B)
        #expect(controller.read(.primaryCommand) == 0x20)
        controller.write(.primaryCommand, 0x0C)
        #expect(controller.read(.primaryCommand) == 0x00)
    }

    @Test func initializationForgetsEdgesMaskAndService() {
        var controller = initialized()
        controller.setLine(1, true)
        _ = controller.acknowledge()
        controller.setLine(3, true)
        controller.write(.primaryData, 0xFF)
        controller.write(.primaryCommand, 0x13)
        controller.write(.primaryData, 0x40)
        controller.write(.primaryData, 0x01)
        #expect(controller.read(.primaryData) == 0)
        #expect(!controller.interruptLine)
        controller.pulseLine(1)
        #expect(controller.acknowledge() == 0x41)
    }

    @Test func initializationWithoutFourthWordIsReadyEarlier() {
        var controller = InterruptController8259()
        controller.write(.primaryCommand, 0x12)
        controller.write(.primaryData, 0x20)
        controller.write(.primaryData, 0xFD)
        #expect(controller.read(.primaryData) == 0xFD)
        controller.setLine(1, true)
        #expect(controller.acknowledge() == 0x21)
    }

    @Test func linesThatDoNotExistLeadNowhere() {
        var controller = initialized()
        for line in [-1, 16, .max, .min] {
            controller.setLine(line, true)
            controller.pulseLine(line)
            #expect(!controller.level(of: line))
        }
        #expect(!controller.interruptLine)
    }

    @Test func noAccessTrapsAndTheStateRoundTrips() {
        var controller = InterruptController8259()
        hammer(
            &controller,
            seed: 8259,
            actions: [
                { $0.setLine(Int($1.numbers.byte()) - 100, $1.numbers.quadword() & 1 == 0) },
                { $0.setLine(Int($1.numbers.quadword() & 15), $1.numbers.quadword() & 1 == 0) },
                { controller, _ in _ = controller.acknowledge() },
                { $0.write($1.numbers.pick(InterruptController8259.Register.allCases), $1.numbers.byte()) },
                { _ = $0.read($1.numbers.pick(InterruptController8259.Register.allCases)) },
                { controller, _ in controller = InterruptController8259(state: controller.state) },
            ]
        )
        var copy = InterruptController8259(state: controller.state)
        #expect(copy.pendingVector == controller.pendingVector)
        #expect(copy.acknowledge() == controller.acknowledge())
        #expect(copy.state == controller.state)
    }
}
