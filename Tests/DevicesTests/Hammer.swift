import Devices
import TestBasics

/// The numbers that random accesses are made of.
extension SeededGenerator {
    mutating func quadword() -> UInt64 { next() }

    mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next()) }

    mutating func word() -> UInt16 { UInt16(truncatingIfNeeded: next()) }

    mutating func doubleword() -> UInt32 { UInt32(truncatingIfNeeded: next()) }

    /// A time span of any order of magnitude up to 18 minutes.
    mutating func span() -> UInt64 { next() >> (24 + next() % 40) }

    mutating func pick<Value>(_ values: [Value]) -> Value { values[Int(next() % UInt64(values.count))] }
}

/// Time and numbers for a run of random accesses.
struct Disorder {
    var numbers: SeededGenerator
    var now: MachineTime

    /// The time of the next access.
    mutating func later() -> MachineTime {
        now = now.advanced(byNanoseconds: numbers.span())
        return now
    }
}

/// Does `count` random ones of `actions` to `device`, at times that begin at `start`.
func hammer<Device>(
    _ device: inout Device,
    seed: UInt64,
    count: Int = 1_000_000,
    start: MachineTime = .start,
    actions: [(inout Device, inout Disorder) -> Void]
) {
    var disorder = Disorder(numbers: SeededGenerator(seed: seed), now: start)
    for _ in 0..<count { disorder.numbers.pick(actions)(&device, &disorder) }
}
