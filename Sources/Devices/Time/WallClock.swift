/// A date and time of day, as seconds since the start of 1970, without a time zone.
public struct WallClock: Hashable, Sendable {
    /// Whole seconds since the start of 1970; negative before.
    public let seconds: Int64

    /// Nanoseconds since the whole second, 0 to 999,999,999.
    public let nanoseconds: UInt32

    /// Makes a time, kept within the years 0 to 9999.
    public init(secondsSince1970 seconds: Int64, nanoseconds: UInt32 = 0) {
        self.seconds = min(max(seconds, Self.firstSecond), Self.lastSecond)
        self.nanoseconds = min(nanoseconds, 999_999_999)
    }

    private static let firstSecond: Int64 = -62_167_219_200
    private static let lastSecond: Int64 = 253_402_300_799
}
