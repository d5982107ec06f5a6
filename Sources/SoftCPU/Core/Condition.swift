/// The conditions of Jcc, SETcc and CMOVcc, by the low four bits of their opcodes (Intel SDM vol. 1, appendix B).
protocol Condition {
    static func holds(_ cpu: CPU) -> Bool
}

enum Overflow: Condition { @inline(__always) static func holds(_ cpu: CPU) -> Bool { cpu.overflow } }
enum Below: Condition { @inline(__always) static func holds(_ cpu: CPU) -> Bool { cpu.carry } }
enum Equal: Condition { @inline(__always) static func holds(_ cpu: CPU) -> Bool { cpu.isZero } }
enum BelowOrEqual: Condition { @inline(__always) static func holds(_ cpu: CPU) -> Bool { cpu.carry || cpu.isZero } }
enum Negative: Condition { @inline(__always) static func holds(_ cpu: CPU) -> Bool { cpu.sign } }
enum EvenParity: Condition { @inline(__always) static func holds(_ cpu: CPU) -> Bool { cpu.parity } }
enum Less: Condition {
    @inline(__always) static func holds(_ cpu: CPU) -> Bool { cpu.sign != cpu.overflow }
}
enum LessOrEqual: Condition {
    @inline(__always) static func holds(_ cpu: CPU) -> Bool { cpu.isZero || cpu.sign != cpu.overflow }
}
enum Not<Opposite: Condition>: Condition {
    @inline(__always) static func holds(_ cpu: CPU) -> Bool { !Opposite.holds(cpu) }
}

extension CPU {
    /// Whether the condition with a number holds.
    func holds(_ condition: Int) -> Bool {
        let positive =
            switch condition >> 1 {
            case 0: Overflow.holds(self)
            case 1: Below.holds(self)
            case 2: Equal.holds(self)
            case 3: BelowOrEqual.holds(self)
            case 4: Negative.holds(self)
            case 5: EvenParity.holds(self)
            case 6: Less.holds(self)
            default: LessOrEqual.holds(self)
            }
        return positive != (condition & 1 != 0)
    }
}
