import Platform
import Testing
import X86

@testable import Devices

@Suite struct LocalAPICTests {
    /// Switched on by software, with the spurious vector 0xFF.
    func enabled() -> LocalAPIC {
        var apic = LocalAPIC()
        _ = apic.write(at: 0xF0, .doubleword, 0x1FF, now: .start)
        return apic
    }

    func message(
        _ vector: UInt8,
        to destination: UInt8 = 0,
        isLogical: Bool = false,
        mode: InterruptMessage.DeliveryMode = .fixed,
        isLevelTriggered: Bool = false
    ) -> InterruptMessage {
        InterruptMessage(
            destination: destination,
            isLogical: isLogical,
            mode: mode,
            vector: vector,
            isLevelTriggered: isLevelTriggered
        )
    }

    func read(_ apic: inout LocalAPIC, _ offset: UInt64, at nanoseconds: UInt64 = 0) -> UInt64 {
        apic.read(at: offset, .doubleword, now: MachineTime(nanoseconds: nanoseconds))
    }

    func write(_ apic: inout LocalAPIC, _ offset: UInt64, _ value: UInt64, at nanoseconds: UInt64 = 0) {
        _ = apic.write(at: offset, .doubleword, value, now: MachineTime(nanoseconds: nanoseconds))
    }

    @Test func resetValues() {
        var apic = LocalAPIC(identifier: 3)
        #expect(read(&apic, 0x20) == 0x0300_0000)
        #expect(read(&apic, 0x30) == 0x0005_0014)
        #expect(read(&apic, 0xE0) == 0xFFFF_FFFF)
        #expect(read(&apic, 0xF0) == 0x0000_00FF)
        for entry in [0x320, 0x330, 0x340, 0x350, 0x360, 0x370] as [UInt64] { #expect(read(&apic, entry) == 0x1_0000) }
    }

    @Test func disabledBySoftwareItTakesNothingAndMasksItsEntries() {
        var apic = LocalAPIC()
        write(&apic, 0x320, 0x40)
        #expect(read(&apic, 0x320) == 0x1_0040)
        #expect(apic.deliver(message(0x40)) == false)
        #expect(!apic.interruptLine)
        apic = enabled()
        write(&apic, 0x320, 0x40)
        #expect(read(&apic, 0x320) == 0x40)
        write(&apic, 0xF0, 0xFF)
        #expect(read(&apic, 0x320) == 0x1_0040)
    }

    @Test func anInterruptGoesFromRequestToServiceToEnd() {
        var apic = enabled()
        #expect(apic.deliver(message(0x41)) == true)
        #expect(read(&apic, 0x220) == 1 << 1)
        #expect(apic.pendingVector == 0x41)
        #expect(apic.acknowledge() == 0x41)
        #expect(read(&apic, 0x220) == 0)
        #expect(read(&apic, 0x120) == 1 << 1)
        #expect(read(&apic, 0xA0) == 0x40)
        write(&apic, 0xB0, 0)
        #expect(read(&apic, 0x120) == 0)
        #expect(apic.acknowledge() == 0xFF)
    }

    @Test func onlyAHigherClassInterruptsAService() {
        var apic = enabled()
        _ = apic.deliver(message(0x41))
        _ = apic.acknowledge()
        _ = apic.deliver(message(0x4F))
        #expect(!apic.interruptLine)
        _ = apic.deliver(message(0x50))
        #expect(apic.pendingVector == 0x50)
    }

    @Test func theTaskPriorityHoldsBackItsClass() {
        var apic = enabled()
        write(&apic, 0x80, 0x40)
        #expect(apic.taskPriorityClass == 4)
        _ = apic.deliver(message(0x45))
        #expect(!apic.interruptLine)
        apic.taskPriorityClass = 3
        #expect(apic.interruptLine)
        #expect(read(&apic, 0xA0) == 0x30)
    }

    @Test func theEndOfALevelIsToldToTheIOAPIC() {
        var apic = enabled()
        _ = apic.deliver(message(0x60, isLevelTriggered: true))
        #expect(read(&apic, 0x1B0) == 1)
        _ = apic.acknowledge()
        #expect(apic.write(at: 0xB0, .doubleword, 0, now: .start) == 0x60)
        _ = apic.deliver(message(0x60))
        _ = apic.acknowledge()
        #expect(apic.write(at: 0xB0, .doubleword, 0, now: .start) == nil)
    }

    @Test(
        arguments: [
            (0, false, true), (0xFF, false, true), (1, false, false), (0x02, true, true), (0x04, true, false),
            (0xFF, true, true),
        ] as [(UInt8, Bool, Bool)]
    )
    func messagesAreTakenByTheirDestination(destination: UInt8, isLogical: Bool, isTaken: Bool) {
        var apic = enabled()
        write(&apic, 0xD0, 0x0200_0000)
        #expect(apic.deliver(message(0x40, to: destination, isLogical: isLogical)) == isTaken)
    }

    @Test(arguments: [(0x31, true), (0x21, false), (0xF1, true), (0x32, false)] as [(UInt8, Bool)])
    func clustersAreAddressed(destination: UInt8, isTaken: Bool) {
        var apic = enabled()
        write(&apic, 0xD0, 0x3100_0000)
        write(&apic, 0xE0, 0x0000_0000)
        #expect(apic.deliver(message(0x40, to: destination, isLogical: true)) == isTaken)
    }

    @Test func otherMessagesAreSignals() {
        var apic = enabled()
        _ = apic.deliver(message(0, mode: .nonMaskable))
        _ = apic.deliver(message(0, mode: .initialize))
        _ = apic.deliver(message(0, mode: .systemManagement))
        #expect(apic.hasSignals)
        let signals = apic.takeSignals()
        #expect(signals == [.nonMaskableInterrupt, .initialize, .systemManagementInterrupt])
        #expect(!apic.hasSignals)
    }

    @Test(arguments: [(0x4_0055, true), (0x8_0055, true), (0xC_0055, false), (0x0_0055, true)] as [(UInt64, Bool)])
    func commandsReachThisProcessor(command: UInt64, isTaken: Bool) {
        var apic = enabled()
        write(&apic, 0x310, 0)
        write(&apic, 0x300, command)
        #expect(apic.interruptLine == isTaken)
        #expect(read(&apic, 0x300) == command)
    }

    @Test func anIllegalVectorIsAnError() {
        var apic = enabled()
        write(&apic, 0x370, 0x33)
        write(&apic, 0x300, 0x4_0005)
        #expect(apic.pendingVector == 0x33)
        #expect(read(&apic, 0x280) == 0)
        write(&apic, 0x280, 0)
        #expect(read(&apic, 0x280) == 0x20)
        _ = apic.deliver(message(0x05))
        _ = read(&apic, 0x40)
        write(&apic, 0x280, 0)
        #expect(read(&apic, 0x280) == 0xC0)
        write(&apic, 0x280, 0)
        #expect(read(&apic, 0x280) == 0)
    }

    @Test func externalInterruptsPassThroughLINT0() {
        var apic = LocalAPIC()
        #expect(!apic.passesExternalInterrupts)
        apic = enabled()
        write(&apic, 0x350, 0x700)
        #expect(apic.passesExternalInterrupts)
        write(&apic, 0x350, 0x1_0700)
        #expect(!apic.passesExternalInterrupts)
        apic.isGloballyEnabled = false
        #expect(apic.passesExternalInterrupts)
        #expect(read(&apic, 0x30) == 0xFFFF_FFFF)
        apic.isGloballyEnabled = true
        #expect(read(&apic, 0xF0) == 0xFF)
    }

    @Test func pinsRaiseWhatTheirEntriesSay() {
        var apic = enabled()
        write(&apic, 0x350, 0x44)
        write(&apic, 0x360, 0x400)
        apic.setPin(.lint0, true)
        apic.setPin(.lint1, true)
        #expect(apic.pendingVector == 0x44)
        #expect(apic.takeSignals() == .nonMaskableInterrupt)
        apic.setPin(.lint1, true)
        #expect(!apic.hasSignals)
    }

    @Test(arguments: [AccessSize.byte, .word, .quadword])
    func writesOfOtherSizesAreIgnored(size: AccessSize) {
        var apic = enabled()
        _ = apic.write(at: 0x80, size, 0x20, now: .start)
        #expect(read(&apic, 0x80) == 0)
    }

    @Test func zeroStopsTheTimer() {
        var apic = enabled()
        write(&apic, 0x320, 0x30)
        write(&apic, 0x380, 100)
        write(&apic, 0x380, 0)
        #expect(apic.nextDeadline(after: .start) == nil)
        #expect(read(&apic, 0x390) == 0)
    }

    @Test func partsOfRegistersCanBeRead() {
        var apic = LocalAPIC()
        #expect(apic.read(at: 0x32, .byte, now: .start) == 0x05)
        #expect(apic.read(at: 0x34, .doubleword, now: .start) == 0)
        _ = apic.write(at: 0x80, .byte, 0xFF, now: .start)
        #expect(read(&apic, 0x80) == 0)
    }

    @Test(arguments: [MachineTime.start, MachineTime(nanoseconds: .max - 1_000_000_000)])
    func noAccessTrapsAndTheStateRoundTrips(start: MachineTime) {
        var apic = LocalAPIC()
        let registers = LocalAPIC.Register.allCases.map { UInt64($0.rawValue) }
        hammer(
            &apic,
            seed: 0xFEE,
            count: 500_000,
            start: start,
            actions: [
                { apic, run in
                    let value = run.numbers.quadword() >> (run.numbers.quadword() & 63)
                    _ = apic.write(at: run.numbers.pick(registers), .doubleword, value, now: run.later())
                },
                { apic, run in
                    let place = run.numbers.quadword() & 0x1FFF
                    _ = apic.write(
                        at: place,
                        run.numbers.pick(AccessSize.allCases),
                        run.numbers.quadword(),
                        now: run.later()
                    )
                },
                { apic, run in
                    let place = run.numbers.quadword() & 0x1FFF
                    _ = apic.read(at: place, run.numbers.pick(AccessSize.allCases), now: run.later())
                },
                { apic, run in apic.advance(to: apic.nextDeadline(after: run.now) ?? run.later()) },
                { apic, run in
                    _ = apic.deliver(
                        InterruptMessage(
                            destination: run.numbers.byte(),
                            isLogical: run.numbers.quadword() & 1 == 0,
                            mode: .fixed,
                            vector: run.numbers.byte(),
                            isLevelTriggered: run.numbers.quadword() & 1 == 0
                        )
                    )
                },
                { apic, _ in _ = apic.acknowledge() },
                { apic, run in apic.setPin(run.numbers.pick([.lint0, .lint1]), run.numbers.quadword() & 1 == 0) },
                { apic, run in apic.isGloballyEnabled = run.numbers.quadword() & 7 != 0 },
                { apic, _ in apic = LocalAPIC(state: apic.state) },
            ]
        )
        var copy = LocalAPIC(state: apic.state)
        #expect(copy.acknowledge() == apic.acknowledge())
        #expect(copy.state == apic.state)
    }
}
