/// A point in the machine's time: nanoseconds since the machine started.
///
/// Devices never read a clock. Whoever drives the machine passes the time, which never goes back. If a device gets an
/// earlier time than before, it uses the last one.
public struct MachineTime: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Nanoseconds since the machine started.
    public var rawValue: UInt64

    /// Makes a time of nanoseconds since the machine started.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Makes a time of nanoseconds since the machine started.
    public init(nanoseconds: UInt64) { self.rawValue = nanoseconds }

    /// Makes a time of seconds since the machine started; too many become ``latest``.
    public init(seconds: UInt64) {
        let (value, overflow) = seconds.multipliedReportingOverflow(by: Self.nanosecondsPerSecond)
        self.rawValue = overflow ? .max : value
    }

    /// The moment at which the machine started.
    public static let start = MachineTime(rawValue: 0)

    /// The latest time that can be represented, 584 years after the start.
    public static let latest = MachineTime(rawValue: .max)

    /// Nanoseconds in a second.
    public static let nanosecondsPerSecond: UInt64 = 1_000_000_000

    /// Nanoseconds since the machine started.
    public var nanoseconds: UInt64 { rawValue }

    /// The time `nanoseconds` later, or ``latest``.
    public func advanced(byNanoseconds nanoseconds: UInt64) -> MachineTime {
        let (sum, overflow) = rawValue.addingReportingOverflow(nanoseconds)
        return overflow ? .latest : MachineTime(rawValue: sum)
    }

    /// Nanoseconds from `earlier` to here; 0 if `earlier` is later.
    public func nanoseconds(since earlier: MachineTime) -> UInt64 {
        rawValue > earlier.rawValue ? rawValue - earlier.rawValue : 0
    }

    /// Orders by time.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// Nanoseconds with their unit.
    public var description: String { "\(rawValue) ns" }
}

extension MachineTime {
    /// The earlier of two deadlines, either of which may be absent.
    public static func earliest(_ first: MachineTime?, _ second: MachineTime?) -> MachineTime? {
        guard let first else { return second }
        guard let second else { return first }
        return min(first, second)
    }
}
