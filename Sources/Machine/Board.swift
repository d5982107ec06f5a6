public import Devices
public import X86

/// Everything around a processor: it answers the guest's accesses and interrupts it.
///
/// A board reads no clock: every access says what time it is. Time must not run backwards. Drivers are generic over the
/// board, so that calls are direct.
public protocol Board: ~Copyable {
    /// The name of this board in a trace.
    static var name: String { get }

    /// Whether it ever interrupts. On a board that does not, a guest that halts has halted for good.
    static var canInterrupt: Bool { get }

    /// A description of what answers at a port.
    func device(at port: Port) -> String

    /// A description of what answers at an address where there is no memory.
    func device(at address: GuestPhysicalAddress) -> String

    /// Answers a read of a port. Ports that nothing claims read as ones. Drivers call ``answerPort(_:_:now:)``.
    mutating func readPort(_ port: Port, _ size: AccessSize, now: MachineTime) -> UInt32

    /// Handles a write to a port, and returns a signal if the write means something beyond the board.
    mutating func writePort(_ port: Port, _ size: AccessSize, _ value: UInt32, now: MachineTime) -> BoardSignal?

    /// Answers a read of 1 to 8 bytes where there is no memory. Addresses that nothing claims read as ones. Drivers
    /// call ``answerMemory(_:_:now:)``.
    mutating func readMemory(_ address: GuestPhysicalAddress, _ length: UInt8, now: MachineTime) -> UInt64

    /// Handles a write where there is no memory, or only read-only memory, and returns a signal if the write means
    /// something beyond the board.
    mutating func writeMemory(
        _ address: GuestPhysicalAddress,
        _ length: UInt8,
        _ value: UInt64,
        now: MachineTime
    ) -> BoardSignal?

    /// Answers RDMSR of a register that the processor itself does not handle; nil gives the guest #GP.
    func readMSR(_ index: UInt32, now: MachineTime) -> UInt64?

    /// Handles WRMSR of a register that the processor itself does not handle; false gives the guest #GP.
    mutating func writeMSR(_ index: UInt32, _ value: UInt64, now: MachineTime) -> Bool

    /// The time-stamp counter at `now`.
    func timeStampCounter(at now: MachineTime) -> UInt64

    /// The next time at which a device does something by itself; nil if nothing happens without an access.
    var nextDeadline: MachineTime? { get }

    /// Lets the devices do everything that was due by `now`.
    mutating func advance(to now: MachineTime)

    /// Whether ``advance(to:)`` may write to guest memory.
    func writesMemory(by now: MachineTime) -> Bool

    /// Tells the board the processor's task priority, CR8: interrupts of that class or below wait.
    mutating func followTaskPriority(_ class: UInt8)

    /// Resets every device. Whatever survives a reset is kept: disks, the clock and its memory.
    mutating func reset(at now: MachineTime)

    /// Whether a maskable interrupt waits for the processor.
    var interruptRequested: Bool { get }

    /// The processor takes the interrupt. Returns its vector.
    mutating func acknowledgeInterrupt() -> UInt8

    /// Whether a non-maskable interrupt waits for the processor.
    var nonMaskableInterruptRequested: Bool { get }

    /// Whether a device may still raise a non-maskable interrupt without an access by the guest.
    func expectsNonMaskableInterrupt(at now: MachineTime) -> Bool

    /// The processor takes the non-maskable interrupt. Returns false if there is none.
    mutating func acknowledgeNonMaskableInterrupt() -> Bool

    /// What the devices have done to guest memory since the last call, in order.
    mutating func takeDeviceAccesses() -> [DeviceAccess]

    /// Whether ``takeDeviceAccesses()`` would return any. Cheap enough to call at every exit.
    var hasDeviceAccesses: Bool { get }

    /// Whether the last access has left nothing to do: no interrupt waits, ``hasDeviceAccesses`` is false, and
    /// ``nextDeadline`` is still `deadline`. One question instead of four, because it is asked at every exit.
    func isCalm(until deadline: MachineTime?) -> Bool

    /// A description of what the guest did that its machine does not allow. The run ends then.
    var fault: String? { get }

    /// What the guest left at its end for whoever examines its crash; nil for nothing.
    var cookie: [UInt8]? { get }

    /// Whether anything has arrived that the guest waits for with a call.
    mutating func isWaitOver(at now: MachineTime) -> Bool

    /// The time at which something arrives that the guest waits for, as far as is known now.
    var nextArrival: MachineTime? { get }

    /// Answers the call with which the guest waits.
    mutating func endWait(at now: MachineTime)

    /// Looks for packets that have come for the guest by themselves.
    mutating func packetArrival(at now: MachineTime) -> PacketArrival

    /// Gives the guest packets that have come, as many as it has room for and at most `limit`.
    mutating func receivePackets(at now: MachineTime, limit: Int)

    /// Whether console input goes into the guest's memory.
    var receivesConsoleInMemory: Bool { get }

    /// How many bytes of console input the guest has room for.
    mutating func consoleRoom() -> Int

    /// Gives the guest bytes of console input, no more than it has room for.
    mutating func receiveConsole(_ bytes: [UInt8])

    /// What the text screen shows, without the blank lines at its end.
    var screen: String { get }

    /// The accesses by the guest that nothing claimed, and how many of each, if they are noted.
    var unclaimedAccesses: [UnclaimedAccess: Int] { get }
}

/// Defaults for a board whose guest waits only by HLT and that allows everything.
extension Board where Self: ~Copyable {
    /// True, as for most boards.
    public static var canInterrupt: Bool { true }

    /// Does nothing: its guest does not start again.
    public mutating func reset(at now: MachineTime) {}

    /// It runs at 1 GHz.
    public func timeStampCounter(at now: MachineTime) -> UInt64 { now.nanoseconds }

    /// Always false: no device is connected to the line.
    public func expectsNonMaskableInterrupt(at now: MachineTime) -> Bool { false }

    /// Just the port.
    public func device(at port: Port) -> String { "port \(port)" }

    /// Just the address.
    public func device(at address: GuestPhysicalAddress) -> String { "address \(address)" }

    /// Always false: devices answer at once.
    public func writesMemory(by now: MachineTime) -> Bool { false }

    /// Does nothing: interrupts have no priority.
    public mutating func followTaskPriority(_ class: UInt8) {}

    /// Asks for each of these.
    public func isCalm(until deadline: MachineTime?) -> Bool {
        !interruptRequested && !nonMaskableInterruptRequested && !hasDeviceAccesses && nextDeadline == deadline
    }

    /// Always nil: accesses that nothing claims are ignored.
    public var fault: String? { nil }

    /// Always false: it goes to a serial port.
    public var receivesConsoleInMemory: Bool { false }

    /// Always nil: the guest has no way to leave one.
    public var cookie: [UInt8]? { nil }

    /// Always true: there is no call to wait with.
    public mutating func isWaitOver(at now: MachineTime) -> Bool { true }

    /// Always nil: the guest waits for nothing.
    public var nextArrival: MachineTime? { nil }

    /// Does nothing: the guest waits for nothing.
    public mutating func endWait(at now: MachineTime) {}

    /// Always nothing: the guest has no network card, or asks for packets by itself.
    public mutating func packetArrival(at now: MachineTime) -> PacketArrival { .none }

    /// Never called.
    public mutating func receivePackets(at now: MachineTime, limit: Int) {}
}

extension Board where Self: ~Copyable {
    /// The value that a trapped instruction reads at `now`.
    ///
    /// - Parameter randomness: a number that the recorder draws for RDRAND and RDSEED.
    public func readHidden(
        _ instruction: HiddenInstruction,
        randomness: @autoclosure () -> UInt64,
        now: MachineTime
    ) -> UInt64 {
        switch instruction {
        case .rdtsc, .rdtscp: timeStampCounter(at: now)
        case .rdrand, .rdseed: randomness()
        case .rdpmc, .rdpid: 0
        }
    }
}
