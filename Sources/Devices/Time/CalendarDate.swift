/// A second in the Gregorian calendar.
struct CalendarDate: Hashable, Sendable {
    var year: Int64
    /// 1 to 12.
    var month: Int64
    /// 1 to 31.
    var day: Int64
    var hour: Int64
    var minute: Int64
    var second: Int64

    static let secondsPerDay: Int64 = 86_400
    private static let daysPerEra: Int64 = 146_097
    /// Days from 1 March of year 0 to 1 January 1970.
    private static let epochDay: Int64 = 719_468

    /// The date that is this many seconds after the start of 1970.
    init(secondsSince1970 seconds: Int64) {
        let (days, secondOfDay) = Self.floorDivide(seconds, Self.secondsPerDay)
        // With years that begin in March, the leap day is the last day, and the lengths of the months are regular.
        let (era, dayOfEra) = Self.floorDivide(days + Self.epochDay, Self.daysPerEra)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        hour = secondOfDay / 3600
        minute = secondOfDay / 60 % 60
        second = secondOfDay % 60
    }

    /// Seconds since the start of 1970. Fields outside their ranges carry over.
    var secondsSince1970: Int64 {
        let (carriedYears, monthFromJanuary) = Self.floorDivide(month - 1, 12)
        let marchYear = year + carriedYears - (monthFromJanuary < 2 ? 1 : 0)
        let (era, yearOfEra) = Self.floorDivide(marchYear, 400)
        let monthFromMarch = (monthFromJanuary + 10) % 12
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let days = era * Self.daysPerEra + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return (days - Self.epochDay) * Self.secondsPerDay + hour * 3600 + minute * 60 + second
    }

    /// 0 for Sunday to 6 for Saturday.
    static func dayOfWeek(secondsSince1970 seconds: Int64) -> Int64 {
        floorDivide(floorDivide(seconds, secondsPerDay).quotient + 4, 7).remainder
    }

    static func floorDivide(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
