public import Devices
public import X86

/// What is around a processor: it answers the guest's accesses and interrupts it.
///
/// A board reads no clock: every access says what time it is. Time must not run backwards. Drivers are generic over the
/// board, so that calls are direct.
public protocol Board: ~Copyable {
    /// The name of this board in a trace.
    static var name: String { get }

    /// Whether it ever interrupts: a guest that halts on one that does not halts for good.
    static var canInterrupt: Bool { get }

    /// What answers at a port, in words.
    func device(at port: Port) -> String

    /// What answers at an address where no memory is, in words.
    func device(at address: GuestPhysicalAddress) -> String

    /// Answers a read of a port; what nobody claims floats to ones. Drivers ask ``answerPort(_:_:now:)``.
    mutating func readPort(_ port: Port, _ size: AccessSize, now: MachineTime) -> UInt32

    /// Takes a write to a port; says if it means something beyond the board.
    mutating func writePort(_ port: Port, _ size: AccessSize, _ value: UInt32, now: MachineTime) -> BoardSignal?

    /// Answers a read of memory that is not there, 1 to 8 bytes; what nobody claims floats to ones. Drivers ask
    /// ``answerMemory(_:_:now:)``.
    mutating func readMemory(_ address: GuestPhysicalAddress, _ length: UInt8, now: MachineTime) -> UInt64

    /// Takes a write to memory that is not there or can only be read; says if it means something beyond the board.
    mutating func writeMemory(
        _ address: GuestPhysicalAddress,
        _ length: UInt8,
        _ value: UInt64,
        now: MachineTime
    ) -> BoardSignal?

    /// Answers RDMSR of a register that the processor does not answer itself; nil gives the guest #GP.
    func readMSR(_ index: UInt32, now: MachineTime) -> UInt64?

    /// Takes WRMSR of a register that the processor does not take itself; false gives the guest #GP.
    mutating func writeMSR(_ index: UInt32, _ value: UInt64, now: MachineTime) -> Bool

    /// The time-stamp counter at `now`.
    func timeStampCounter(at now: MachineTime) -> UInt64

    /// The next time at which a device does something by itself; nil if nothing is due without an access.
    var nextDeadline: MachineTime? { get }

    /// Lets the devices do what was due until `now`.
    mutating func advance(to now: MachineTime)

    /// Whether ``advance(to:)`` may write to guest memory.
    func writesMemory(by now: MachineTime) -> Bool

    /// The processor's task priority, CR8, is as it says: interrupts up to it wait.
    mutating func followTaskPriority(_ class: UInt8)

    /// Resets every device. What is to last does: disks, the clock and its memory.
    mutating func reset(at now: MachineTime)

    /// Whether a maskable interrupt waits for the processor.
    var interruptRequested: Bool { get }

    /// The processor takes the interrupt: its vector.
    mutating func acknowledgeInterrupt() -> UInt8

    /// Whether a non-maskable interrupt waits for the processor.
    var nonMaskableInterruptRequested: Bool { get }

    /// Whether a device may still ask for a non-maskable interrupt without an access of the guest's.
    func expectsNonMaskableInterrupt(at now: MachineTime) -> Bool

    /// The processor takes the non-maskable interrupt. False if there is none.
    mutating func acknowledgeNonMaskableInterrupt() -> Bool

    /// What the devices have done to guest memory since this was last asked, in order.
    mutating func takeDeviceAccesses() -> [DeviceAccess]

    /// Whether ``takeDeviceAccesses()`` would give any: cheap enough to ask at every exit.
    var hasDeviceAccesses: Bool { get }

    /// What the guest did that its machine does not allow, in words; the run ends then.
    var fault: String? { get }

    /// What the guest left at its end for whoever looks into what became of it; nil for nothing.
    var cookie: [UInt8]? { get }

    /// Whether anything that the guest waits for by a call has come.
    mutating func isWaitOver(at now: MachineTime) -> Bool

    /// When, as is known by now, something comes that the guest waits for.
    var nextArrival: MachineTime? { get }

    /// The call by which the guest waits is answered.
    mutating func endWait(at now: MachineTime)

    /// Whether console input goes into the guest's memory.
    var receivesConsoleInMemory: Bool { get }

    /// How many bytes of console input the guest has room for.
    mutating func consoleRoom() -> Int

    /// Gives the guest bytes of console input, no more than it has room for.
    mutating func receiveConsole(_ bytes: [UInt8])

    /// What the text screen shows, without the blank lines at its end.
    var screen: String { get }

    /// What the guest has accessed and nobody claims, and how often, if it is noted.
    var unclaimedAccesses: [UnclaimedAccess: Int] { get }
}

/// A board whose guest waits by HLT alone and that allows everything.
extension Board where Self: ~Copyable {
    /// It does.
    public static var canInterrupt: Bool { true }

    /// Nothing: its guest does not start again.
    public mutating func reset(at now: MachineTime) {}

    /// It runs at 1 GHz.
    public func timeStampCounter(at now: MachineTime) -> UInt64 { now.nanoseconds }

    /// Never: no device is connected so.
    public func expectsNonMaskableInterrupt(at now: MachineTime) -> Bool { false }

    /// The port.
    public func device(at port: Port) -> String { "port \(port)" }

    /// The address.
    public func device(at address: GuestPhysicalAddress) -> String { "address \(address)" }

    /// Never: devices answer at once.
    public func writesMemory(by now: MachineTime) -> Bool { false }

    /// Nothing: no interrupt has a priority.
    public mutating func followTaskPriority(_ class: UInt8) {}

    /// Nothing: what nobody claims is ignored.
    public var fault: String? { nil }

    /// It goes to a serial port.
    public var receivesConsoleInMemory: Bool { false }

    /// Nothing: there is no way to.
    public var cookie: [UInt8]? { nil }

    /// There is no call to wait by.
    public mutating func isWaitOver(at now: MachineTime) -> Bool { true }

    /// Nothing is waited for.
    public var nextArrival: MachineTime? { nil }

    /// Nothing is waited for.
    public mutating func endWait(at now: MachineTime) {}
}

extension Board where Self: ~Copyable {
    /// What a trapped instruction reads at `now`.
    ///
    /// - Parameter randomness: a number that the recorder draws where RDRAND or RDSEED ask for one.
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
