/// Offsets of the local APIC's registers, each at a multiple of 16 bytes (Intel SDM vol. 3, table 11-1).
public enum LocalAPICRegister: UInt16, CaseIterable, Sendable {
    case identifier = 0x020
    case version = 0x030
    case taskPriority = 0x080
    case arbitrationPriority = 0x090
    case processorPriority = 0x0A0
    case endOfInterrupt = 0x0B0
    case remoteRead = 0x0C0
    case logicalDestination = 0x0D0
    case destinationFormat = 0x0E0
    case spurious = 0x0F0
    case errorStatus = 0x280
    case commandLow = 0x300
    case commandHigh = 0x310
    case timerEntry = 0x320
    case thermalEntry = 0x330
    case performanceEntry = 0x340
    case lint0Entry = 0x350
    case lint1Entry = 0x360
    case errorEntry = 0x370
    case initialCount = 0x380
    case currentCount = 0x390
    case divideConfiguration = 0x3E0

    /// The first of the eight registers that together say which interrupts are in service.
    public static let inService: UInt16 = 0x100
    /// The first of the eight that say which are level-triggered.
    public static let levelTriggered: UInt16 = 0x180
    /// The first of the eight that say which are requested.
    public static let requests: UInt16 = 0x200
    /// One past the last of those.
    public static let requestsEnd: UInt16 = 0x280

    /// The register's address unless the guest has moved the local APIC.
    public var usualAddress: UInt64 { AddressSpace.localAPIC + UInt64(rawValue) }
}
