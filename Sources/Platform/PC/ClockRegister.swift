/// The indexes of the real-time clock's bytes that are registers.
public enum ClockRegister: UInt8, CaseIterable, Sendable {
    case seconds = 0x00
    case secondsAlarm = 0x01
    case minutes = 0x02
    case minutesAlarm = 0x03
    case hours = 0x04
    case hoursAlarm = 0x05
    case dayOfWeek = 0x06
    case dayOfMonth = 0x07
    case month = 0x08
    case year = 0x09
    case registerA = 0x0A
    case registerB = 0x0B
    case registerC = 0x0C
    case registerD = 0x0D
    /// Not one of the chip's registers: PC firmware keeps the century here.
    case century = 0x32
}
