internal import Platform

extension RealTimeClock {
    /// The value of the date byte `byte` at `second`.
    func encodedDate(_ byte: Byte, at second: Int64) -> UInt8 {
        let date = CalendarDate(secondsSince1970: second)
        switch byte {
        case .seconds: return encoded(date.second)
        case .minutes: return encoded(date.minute)
        case .hours: return encodedHour(date.hour)
        case .dayOfWeek:
            let day = CalendarDate.dayOfWeek(secondsSince1970: second) + state.dayOfWeekOffset
            return encoded(CalendarDate.floorDivide(day, 7).remainder + 1)
        case .dayOfMonth: return encoded(date.day)
        case .month: return encoded(date.month)
        case .year: return encoded(CalendarDate.floorDivide(date.year, 100).remainder)
        case .century: return encoded(CalendarDate.floorDivide(date.year, 100).quotient)
        default: return control(byte)
        }
    }

    /// Stores the date in its bytes, where it stays while the clock is stopped.
    mutating func storeDate() {
        let second = self.second
        for byte in Self.dateBytes { state.memory[Int(byte.rawValue)] = encodedDate(byte, at: second) }
    }

    /// Continues from the date in the bytes.
    mutating func loadDate() {
        var date = CalendarDate(secondsSince1970: 0)
        date.second = decoded(control(.seconds))
        date.minute = decoded(control(.minutes))
        date.hour = decodedHour(control(.hours))
        date.day = decoded(control(.dayOfMonth))
        date.month = decoded(control(.month))
        date.year = decoded(control(.century)) * 100 + decoded(control(.year))
        let seconds = date.secondsSince1970
        let weekday = CalendarDate.dayOfWeek(secondsSince1970: seconds)
        state.dayOfWeekOffset = CalendarDate.floorDivide(decoded(control(.dayOfWeek)) - 1 - weekday, 7).remainder
        state.secondsAtOrigin = seconds - Int64(position / MachineTime.nanosecondsPerSecond)
    }

    /// The first second after `second` whose time of day the alarm bytes match; nil if they match none.
    func nextAlarm(after second: Int64) -> Int64? {
        guard let hours = alarmHours, let minutes = alarmField(.minutesAlarm), let seconds = alarmField(.secondsAlarm)
        else { return nil }
        let (day, start) = CalendarDate.floorDivide(second + 1, CalendarDate.secondsPerDay)
        for hour in start / 3600...24 + start / 3600 where hours.contains(hour % 24) {
            let firstMinute = hour == start / 3600 ? start / 60 % 60 : 0
            for minute in firstMinute..<60 where minutes.contains(minute) {
                let isFirst = hour == start / 3600 && minute == start / 60 % 60
                let from = max(isFirst ? start % 60 : 0, seconds.lowerBound)
                guard from <= seconds.upperBound else { continue }
                return day * CalendarDate.secondsPerDay + hour * 3600 + minute * 60 + from
            }
        }
        return nil
    }

    private var alarmHours: ClosedRange<Int64>? {
        let value = control(.hoursAlarm)
        guard value & Self.anyAlarm != Self.anyAlarm else { return 0...23 }
        let hour = decodedHour(value)
        return hour < 24 && encodedHour(hour) == value ? hour...hour : nil
    }

    private func alarmField(_ byte: Byte) -> ClosedRange<Int64>? {
        let value = control(byte)
        guard value & Self.anyAlarm != Self.anyAlarm else { return 0...59 }
        let number = decoded(value)
        return number < 60 && encoded(number) == value ? number...number : nil
    }

    private static let dateBytes: [Byte] = [
        .seconds, .minutes, .hours, .dayOfWeek, .dayOfMonth, .month, .year, .century,
    ]

    private func encoded(_ number: Int64) -> UInt8 {
        guard !controlB.contains(.binary) else { return UInt8(truncatingIfNeeded: number) }
        return BinaryCodedDecimal.encode(UInt64(clamping: number))
    }

    private func decoded(_ value: UInt8) -> Int64 {
        controlB.contains(.binary) ? Int64(value) : Int64(BinaryCodedDecimal.decode(value))
    }

    private func encodedHour(_ hour: Int64) -> UInt8 {
        guard !controlB.contains(.twentyFourHours) else { return encoded(hour) }
        let twelfth = hour % 12
        return encoded(twelfth == 0 ? 12 : twelfth) | (hour >= 12 ? Self.afternoon : 0)
    }

    private func decodedHour(_ value: UInt8) -> Int64 {
        guard !controlB.contains(.twentyFourHours) else { return decoded(value) }
        return decoded(value & ~Self.afternoon) % 12 + (value & Self.afternoon != 0 ? 12 : 0)
    }
}
