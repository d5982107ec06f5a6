import Devices
import Platform
import Testing
import X86

/// The model-specific registers that the board answers.
@Suite struct ModelSpecificRegistersTests {
    private typealias Number = ModelSpecificRegisters.Number

    private static let intel = CPUIDEntry(function: 0, eax: 7, ebx: 0x756E_6547, ecx: 0x6C65_746E, edx: 0x4965_6E69)
    private static let amd = CPUIDEntry(function: 0, eax: 7, ebx: 0x6874_7541, ecx: 0x444D_4163, edx: 0x6974_6E65)
    private static let later = MachineTime(nanoseconds: 5000)

    private static func registers(_ leaves: CPUIDEntry...) -> ModelSpecificRegisters {
        ModelSpecificRegisters(cpuid: [intel] + leaves, now: .start)
    }

    @Test func counterIsZeroAtAResetAndCountsNanoseconds() {
        let registers = ModelSpecificRegisters(cpuid: [Self.intel], now: MachineTime(nanoseconds: 1000))

        #expect(registers.read(Number.timeStampCounter, now: MachineTime(nanoseconds: 1000)) == 0)
        #expect(registers.timeStampCounter(at: Self.later) == 4000)
    }

    @Test func counterGoesOnFromWhatIsWritten() {
        var registers = Self.registers()

        let isTaken = registers.write(Number.timeStampCounter, .max - 999, now: Self.later)
        #expect(isTaken)

        #expect(registers.timeStampCounter(at: Self.later) == UInt64.max - 999)
        #expect(registers.timeStampCounter(at: MachineTime(nanoseconds: 6001)) == 1)
    }

    @Test func adjustmentFollowsTheCounterAndTheOtherWayRound() {
        var registers = Self.registers(CPUIDEntry(function: 7, isIndexed: true, ebx: 1 << 1))

        let isTaken = registers.write(Number.timeStampCounter, 7000, now: Self.later)
        #expect(isTaken)
        #expect(registers.read(Number.counterAdjustment, now: Self.later) == 2000)
        let isSecondTaken = registers.write(Number.counterAdjustment, 100, now: Self.later)
        #expect(isSecondTaken)
        #expect(registers.read(Number.timeStampCounter, now: Self.later) == 5100)
    }

    @Test(arguments: [Number.counterAdjustment, Number.featureControl, 0x17B, 0x400, 0x6E0, 0x802, 0xC000_0103])
    func whatCPUIDDoesNotAnnounceFaults(number: UInt32) {
        var registers = Self.registers()

        #expect(registers.read(number, now: Self.later) == nil)
        let isTaken = registers.write(number, 0, now: Self.later)
        #expect(!isTaken)
    }

    @Test(arguments: [
        CPUIDEntry(function: 1, ecx: 1 << 5), CPUIDEntry(function: 1, ecx: 1 << 6),
        CPUIDEntry(function: 7, isIndexed: true, ebx: 1 << 2),
    ])
    func featureControlIsLockedWhereThereIsSomethingToControl(leaf: CPUIDEntry) {
        var registers = Self.registers(leaf)

        #expect(registers.read(Number.featureControl, now: Self.later) == 1)
        let isTaken = registers.write(Number.featureControl, 5, now: Self.later)
        #expect(!isTaken)
    }

    @Test(arguments: [Number.platformIdentifier, Number.miscellaneousEnable, Number.microcodeTrigger])
    func anotherVendorsProcessorHasNoneOfIntelsOwn(number: UInt32) {
        var registers = ModelSpecificRegisters(cpuid: [Self.amd], now: .start)

        #expect(registers.read(number, now: Self.later) == nil)
        let isTaken = registers.write(number, 0, now: Self.later)
        #expect(!isTaken)
    }

    @Test(arguments: [Number.platformIdentifier, Number.machineCheckCapability])
    func whatCanOnlyBeReadRefusesWrites(number: UInt32) {
        var registers = Self.registers()

        #expect(registers.read(number, now: Self.later) == 0)
        let isTaken = registers.write(number, 0, now: Self.later)
        #expect(!isTaken)
    }

    @Test func microcodeTriggerCanOnlyBeWritten() {
        var registers = Self.registers()

        let isTaken = registers.write(Number.microcodeTrigger, 0x1000, now: Self.later)
        #expect(isTaken)
        #expect(registers.read(Number.microcodeTrigger, now: Self.later) == nil)
    }

    @Test func revisionIsThereAgainAfterAWrite() {
        var registers = Self.registers()

        let isTaken = registers.write(Number.microcodeRevision, 0, now: Self.later)
        #expect(isTaken)
        #expect(registers.read(Number.microcodeRevision, now: Self.later) == 1 << 32)
    }

    @Test(
        arguments: [
            (Number.machineCheckStatus, 0b111), (Number.miscellaneousEnable, 0x11809),
            (Number.pageAttributes, 0x0007_0106_0500_0406),
        ] as [(UInt32, UInt64)]
    )
    func whatIsWrittenIsRead(number: UInt32, value: UInt64) {
        var registers = Self.registers()

        let isTaken = registers.write(number, value, now: Self.later)
        #expect(isTaken)

        #expect(registers.read(number, now: Self.later) == value)
    }

    @Test(
        arguments: [
            (Number.machineCheckStatus, 1 << 3), (Number.miscellaneousEnable, 0x1803), (Number.pageAttributes, 2),
            (Number.pageAttributes, 3 << 56), (Number.pageAttributes, 8 << 8),
        ] as [(UInt32, UInt64)]
    )
    func reservedBitsFaultAndChangeNothing(number: UInt32, value: UInt64) {
        var registers = Self.registers()
        let before = registers.state

        let isTaken = registers.write(number, value, now: Self.later)
        #expect(!isTaken)

        #expect(registers.state == before)
    }

    @Test func bitsThatCanOnlyBeReadStayAsTheyAre() {
        var registers = Self.registers()

        let isTaken = registers.write(Number.miscellaneousEnable, 1 << 7, now: Self.later)
        #expect(isTaken)

        #expect(registers.read(Number.miscellaneousEnable, now: Self.later) == 0x1800)
    }

    @Test func stateRoundTrips() {
        var registers = Self.registers()
        let isTaken = registers.write(Number.timeStampCounter, 77, now: Self.later)
        #expect(isTaken)
        let isSecondTaken = registers.write(Number.machineCheckStatus, 4, now: Self.later)
        #expect(isSecondTaken)

        let copy = ModelSpecificRegisters(state: registers.state, cpuid: [Self.intel])

        #expect(copy.state == registers.state)
        #expect(copy.timeStampCounter(at: Self.later) == 77)
    }
}
