public import Devices
public import GuestMemory
internal import Platform
public import X86

/// The board of a unikernel: Solo5's calls, and nothing else. It never interrupts.
///
/// Every address in a call is checked before it is accessed. If there is no memory at one, the run ends with a
/// ``fault``.
public struct HVTBoard: Board {
    /// What one of the guest's devices is connected to.
    enum Backing {
        case block(Disk, capacity: UInt64, blockSize: UInt64)
        case network(any NetworkLink)
    }

    /// A poll that has not been answered.
    struct Poll {
        /// Where its results go.
        var results: GuestPhysicalAddress
        /// When it ends.
        var deadline: MachineTime
    }

    /// By handle; nil for a handle without a device.
    var devices: [Backing?]
    var memory: DeviceMemory
    var poll: Poll?
    let wallClock: @Sendable (MachineTime) -> UInt64
    /// A description of what the guest did that is not allowed.
    public internal(set) var fault: String?
    /// What the guest left at its end; nil if it left nothing.
    public internal(set) var cookie: [UInt8]?

    /// The name of this board in a trace.
    public static let name = BoardName.unikernel

    /// It never does.
    public static let canInterrupt = false

    /// The most bytes that one call moves.
    static let largestTransfer: UInt64 = 64 << 20

    /// A board that has just been switched on.
    ///
    /// - Parameters:
    ///   - unikernel: names the devices by their handles.
    ///   - memory: what its devices read and write by themselves.
    public init(_ setup: HVTBoardSetup, _ unikernel: Unikernel, memory: GuestMemory) {
        self.memory = DeviceMemory(memory)
        wallClock = setup.wallClock
        devices = unikernel.devices.map { device in
            switch device?.kind {
            case .block(let capacity, let blockSize):
                device.flatMap { setup.disks[$0.name] }
                    .map { .block($0, capacity: capacity, blockSize: UInt64(blockSize)) }
            case .network: device.flatMap { setup.links[$0.name] }.map { .network($0) }
            case nil: nil
            }
        }
    }

    /// A unikernel may not read ports: records a fault.
    public mutating func readPort(_ port: Port, _ size: AccessSize, now: MachineTime) -> UInt32 {
        note("\(ForbiddenAccess.portRead(port, size))")
        return UInt32(truncatingIfNeeded: size.mask)
    }

    /// Answers a call, or records a fault.
    public mutating func writePort(_ port: Port, _ size: AccessSize, _ value: UInt32, now: MachineTime) -> BoardSignal?
    {
        guard let call = Hypercall(port), size == .doubleword else {
            note("\(ForbiddenAccess.portWrite(port, size))")
            return nil
        }
        do {
            return try answer(call, GuestPhysicalAddress(UInt64(value)), now: now)
        } catch {
            note(error.text)
            return nil
        }
    }

    /// There is no memory besides RAM: records a fault.
    public mutating func readMemory(_ address: GuestPhysicalAddress, _ length: UInt8, now: MachineTime) -> UInt64 {
        note("\(ForbiddenAccess.memoryRead(address, length: length))")
        return .max >> (64 - 8 * UInt64(min(max(length, 1), 8)))
    }

    /// There is no memory besides RAM, and the program's code and constants can only be read: records a fault.
    public mutating func writeMemory(
        _ address: GuestPhysicalAddress,
        _ length: UInt8,
        _ value: UInt64,
        now: MachineTime
    ) -> BoardSignal? {
        let isPresent = memory.memory.isPresent(address, count: UInt64(length), for: .read)
        note("\(ForbiddenAccess.memoryWrite(address, length: length, isPresent: isPresent))")
        return nil
    }

    /// Always nil: this board has no registers of the processor.
    public func readMSR(_ index: UInt32, now: MachineTime) -> UInt64? { nil }

    /// Always false: this board has no registers of the processor.
    public mutating func writeMSR(_ index: UInt32, _ value: UInt64, now: MachineTime) -> Bool { false }

    /// What the devices have done to guest memory since the last call, in order.
    public mutating func takeDeviceAccesses() -> [DeviceAccess] { memory.takeAccesses() }

    /// Whether ``takeDeviceAccesses()`` would return any. Cheap enough to call at every exit.
    public var hasDeviceAccesses: Bool { !memory.accesses.isEmpty }

    private mutating func note(_ fault: String) {
        if self.fault == nil { self.fault = fault }
    }
}

// MARK: What a PC has and this board lacks

extension HVTBoard {
    /// Always nil: nothing happens by itself.
    public var nextDeadline: MachineTime? { nil }
    /// Does nothing: nothing happens by itself.
    public mutating func advance(to now: MachineTime) {}
    /// Always false.
    public var interruptRequested: Bool { false }
    /// Never called.
    public mutating func acknowledgeInterrupt() -> UInt8 { 0 }
    /// Always false.
    public var nonMaskableInterruptRequested: Bool { false }
    /// Always false: there is none.
    public mutating func acknowledgeNonMaskableInterrupt() -> Bool { false }
    /// Always 0: the console takes no input.
    public mutating func consoleRoom() -> Int { 0 }
    /// Never called.
    public mutating func receiveConsole(_ bytes: [UInt8]) {}
    /// Always empty: there is no screen.
    public var screen: String { "" }
    /// Always empty: such an access ends the run.
    public var unclaimedAccesses: [UnclaimedAccess: Int] { [:] }
}
