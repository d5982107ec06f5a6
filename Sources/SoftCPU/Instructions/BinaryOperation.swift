/// An instruction that combines two operands of one size and sets flags by the result.
protocol BinaryOperation {
    static func apply<T: Word>(_ cpu: CPU, _ left: T, _ right: T) -> T
}

enum Add: BinaryOperation {
    @inline(__always)
    static func apply<T: Word>(_ cpu: CPU, _ left: T, _ right: T) -> T {
        let result = left &+ right
        cpu.setFlags(result: result, carries: left & right | (left | right) & ~result)
        return result
    }
}

enum AddWithCarry: BinaryOperation {
    @inline(__always)
    static func apply<T: Word>(_ cpu: CPU, _ left: T, _ right: T) -> T {
        let result = left &+ right &+ cpu.carryIn(T.self)
        cpu.setFlags(result: result, carries: left & right | (left | right) & ~result)
        return result
    }
}

enum Subtract: BinaryOperation {
    @inline(__always)
    static func apply<T: Word>(_ cpu: CPU, _ left: T, _ right: T) -> T {
        let result = left &- right
        cpu.setFlags(result: result, carries: ~left & right | (~left | right) & result)
        return result
    }
}

enum SubtractWithBorrow: BinaryOperation {
    @inline(__always)
    static func apply<T: Word>(_ cpu: CPU, _ left: T, _ right: T) -> T {
        let result = left &- right &- cpu.carryIn(T.self)
        cpu.setFlags(result: result, carries: ~left & right | (~left | right) & result)
        return result
    }
}

enum And: BinaryOperation {
    @inline(__always)
    static func apply<T: Word>(_ cpu: CPU, _ left: T, _ right: T) -> T {
        let result = left & right
        cpu.setFlags(logical: result)
        return result
    }
}

enum Or: BinaryOperation {
    @inline(__always)
    static func apply<T: Word>(_ cpu: CPU, _ left: T, _ right: T) -> T {
        let result = left | right
        cpu.setFlags(logical: result)
        return result
    }
}

enum ExclusiveOr: BinaryOperation {
    @inline(__always)
    static func apply<T: Word>(_ cpu: CPU, _ left: T, _ right: T) -> T {
        let result = left ^ right
        cpu.setFlags(logical: result)
        return result
    }
}

/// A subtraction whose result nobody wants.
enum Compare: BinaryOperation {
    @inline(__always)
    static func apply<T: Word>(_ cpu: CPU, _ left: T, _ right: T) -> T {
        _ = Subtract.apply(cpu, left, right)
        return left
    }
}

/// A logical AND whose result nobody wants.
enum Test: BinaryOperation {
    @inline(__always)
    static func apply<T: Word>(_ cpu: CPU, _ left: T, _ right: T) -> T {
        _ = And.apply(cpu, left, right)
        return left
    }
}
