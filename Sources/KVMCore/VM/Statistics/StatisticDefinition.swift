import ByteCoding
import CKVM

/// What one statistic is called and what it counts (`struct kvm_stats_desc`).
public struct StatisticDefinition: Hashable, Sendable {
    /// The name, such as `exits`.
    public var name: String
    /// How its values change.
    public var kind: Kind
    /// What its values count.
    public var unit: Unit
    /// Values are in units of ``base`` to the power of this.
    public var exponent: Int
    /// See ``exponent``.
    public var base: Base
    /// How many values there are: more than one for histograms.
    public var count: Int
    /// The width of each bucket of a linear histogram.
    public var bucketSize: UInt32
    /// The offset in bytes of its values among all values.
    var offset: Int

    /// How values change (`KVM_STATS_TYPE_*`).
    public enum Kind: UInt32, CaseIterable, Sendable {
        /// Only grows.
        case cumulative = 0
        /// The present state.
        case instant = 1
        /// The highest so far.
        case peak = 2
        /// Buckets of equal size.
        case linearHistogram = 3
        /// Buckets of doubling size.
        case logarithmicHistogram = 4
        /// A kind that is newer than this code.
        case other = 15
    }

    /// What values count (`KVM_STATS_UNIT_*`).
    public enum Unit: UInt32, CaseIterable, Sendable {
        /// Plain counts.
        case none = 0
        /// Bytes.
        case bytes = 1
        /// Seconds.
        case seconds = 2
        /// Clock cycles.
        case cycles = 3
        /// 0 or 1.
        case boolean = 4
        /// A unit that is newer than this code.
        case other = 15
    }

    /// The base of the exponent (`KVM_STATS_BASE_*`).
    public enum Base: UInt32, CaseIterable, Sendable {
        /// Ten.
        case ten = 0
        /// Two.
        case two = 1
        /// A base that is newer than this code.
        case other = 15
    }

    /// How many bytes come before the name.
    static let fixedSize = 16

    /// Reads one whose name takes `nameSize` bytes.
    init(from cursor: inout ByteCursor, nameSize: Int) throws(ByteCodingError) {
        let flags: UInt32 = try cursor.read()
        kind = Kind(rawValue: flags >> UInt32(KVM_STATS_TYPE_SHIFT) & 0xF) ?? .other
        unit = Unit(rawValue: flags >> UInt32(KVM_STATS_UNIT_SHIFT) & 0xF) ?? .other
        base = Base(rawValue: flags >> UInt32(KVM_STATS_BASE_SHIFT) & 0xF) ?? .other
        exponent = Int(try cursor.read(Int16.self))
        count = Int(try cursor.read(UInt16.self))
        offset = Int(try cursor.read(UInt32.self))
        bucketSize = try cursor.read()
        name = String(decoding: try cursor.readBytes(count: nameSize).prefix { $0 != 0 }, as: UTF8.self)
    }
}
