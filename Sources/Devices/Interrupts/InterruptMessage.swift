/// What an I/O APIC, or a device with message-signalled interrupts, sends to the local APIC (Intel SDM volume 3,
/// 11.11).
public struct InterruptMessage: Hashable, Sendable {
    /// What the receiver does with it.
    public enum DeliveryMode: UInt8, Sendable {
        /// An interrupt with a vector.
        case fixed = 0b000
        /// The same, to the least busy of the addressed processors.
        case lowestPriority = 0b001
        /// A system management interrupt.
        case systemManagement = 0b010
        /// A non-maskable interrupt.
        case nonMaskable = 0b100
        /// Resets the processor to wait for a start-up message.
        case initialize = 0b101
        /// Starts a processor that waits for it.
        case startUp = 0b110
        /// An interrupt whose vector comes from the 8259 pair.
        case external = 0b111
    }

    /// The processor's APIC ID, or a set of logical ones.
    public var destination: UInt8
    /// Whether ``destination`` is a logical one.
    public var isLogical: Bool
    /// What the receiver does with it.
    public var mode: DeliveryMode
    /// The vector, for the modes that have one.
    public var vector: UInt8
    /// Whether the I/O APIC must be told of the interrupt's end.
    public var isLevelTriggered: Bool

    /// Makes a message.
    public init(destination: UInt8, isLogical: Bool, mode: DeliveryMode, vector: UInt8, isLevelTriggered: Bool) {
        self.destination = destination
        self.isLogical = isLogical
        self.mode = mode
        self.vector = vector
        self.isLevelTriggered = isLevelTriggered
    }
}
