import Devices
import GuestMemory
import X86

@testable import Machine

/// A board whose interrupts come when a test says so.
struct ScriptedBoard: Board {
    static let name = "scripted"
    /// A write of 1 to this port requests an interrupt, one of 0 withdraws it.
    static let interruptPort = Port(0x10)
    /// A write to this port makes room for console input.
    static let roomPort = Port(0x11)
    /// A write to this port makes a device write to memory by itself as soon as it can.
    static let writePort = Port(0x12)
    /// A write to this port resets the machine.
    static let resetPort = Port(0x92)
    /// A write to this port makes something happen elsewhere: see ``event``.
    static let eventPort = Port(0x13)
    /// A write to this port ends the run.
    static let exitPort = Port(0xF4)
    static let vector: UInt8 = 0x20

    /// What every read gives, however wide it is.
    var answer: UInt64 = 0
    /// What happens elsewhere when the guest writes to ``eventPort``.
    var event: @Sendable () -> Void = {}
    /// When a device requests an interrupt by itself.
    var interruptTime: MachineTime?
    /// When a device requests a non-maskable interrupt by itself.
    var nonMaskableTime: MachineTime?
    /// When a device makes room for console input by itself.
    var roomTime: MachineTime?
    /// When a device writes one byte to memory by itself.
    var writeTime: MachineTime?
    /// Bytes of room for console input, which goes into memory.
    private var room = 0
    var interruptRequested = false
    var nonMaskableInterruptRequested = false
    private var accesses: [DeviceAccess] = []
    /// How often it has been reset.
    private(set) var resets = 0

    mutating func writePort(_ port: Port, _ size: AccessSize, _ value: UInt32, now: MachineTime) -> BoardSignal? {
        if port == Self.interruptPort { interruptRequested = value != 0 }
        if port == Self.roomPort { room = Int(value) }
        if port == Self.writePort { writeTime = now }
        if port == Self.eventPort { event() }
        if port == Self.resetPort { return .reset }
        return port == Self.exitPort ? .exit(code: value) : nil
    }

    /// Every write to memory that is not there makes a device write one byte to memory that is.
    mutating func writeMemory(
        _ address: GuestPhysicalAddress,
        _ length: UInt8,
        _ value: UInt64,
        now: MachineTime
    ) -> BoardSignal? {
        if accesses.isEmpty { accesses.append(.write(DeviceWrite(address: GuestPhysicalAddress(0), bytes: [1]))) }
        return nil
    }

    mutating func reset(at now: MachineTime) { resets += 1 }

    var nextDeadline: MachineTime? {
        .earliest(.earliest(interruptTime, nonMaskableTime), .earliest(roomTime, writeTime))
    }

    func writesMemory(by now: MachineTime) -> Bool { writeTime.map { $0 <= now } ?? false }

    mutating func advance(to now: MachineTime) {
        if let time = interruptTime, time <= now { (interruptTime, interruptRequested) = (nil, true) }
        if let time = nonMaskableTime, time <= now { (nonMaskableTime, nonMaskableInterruptRequested) = (nil, true) }
        if let time = roomTime, time <= now { (roomTime, room) = (nil, 8) }
        guard let time = writeTime, time <= now else { return }
        writeTime = nil
        accesses.append(.write(DeviceWrite(address: GuestPhysicalAddress(0), bytes: [7])))
    }

    mutating func acknowledgeInterrupt() -> UInt8 {
        interruptRequested = false
        return Self.vector
    }

    func expectsNonMaskableInterrupt(at now: MachineTime) -> Bool { nonMaskableTime != nil }

    mutating func acknowledgeNonMaskableInterrupt() -> Bool {
        defer { nonMaskableInterruptRequested = false }
        return nonMaskableInterruptRequested
    }

    var hasDeviceAccesses: Bool { !accesses.isEmpty }

    mutating func takeDeviceAccesses() -> [DeviceAccess] {
        defer { accesses = [] }
        return accesses
    }

    mutating func readPort(_ port: Port, _ size: AccessSize, now: MachineTime) -> UInt32 {
        UInt32(truncatingIfNeeded: answer)
    }
    mutating func readMemory(_ address: GuestPhysicalAddress, _ length: UInt8, now: MachineTime) -> UInt64 { answer }
    func readMSR(_ index: UInt32, now: MachineTime) -> UInt64? { nil }
    mutating func writeMSR(_ index: UInt32, _ value: UInt64, now: MachineTime) -> Bool { false }
    let receivesConsoleInMemory = true
    mutating func consoleRoom() -> Int { room }

    mutating func receiveConsole(_ bytes: [UInt8]) {
        accesses.append(.write(DeviceWrite(address: GuestPhysicalAddress(0), bytes: bytes)))
        room -= bytes.count
    }

    let screen = ""
    let unclaimedAccesses: [UnclaimedAccess: Int] = [:]
}
