// Forms of `combine` for functions of other shapes.

/// The destination becomes a function of the source alone.
@inline(__always)
func transform(_ state: UInt, _ operation: UInt, _ function: (Vector128) -> Vector128) {
    combine(state, operation) { _, source, _ in function(source) }
}

@inline(__always)
func transformLoaded(_ state: UInt, _ operation: UInt, _ function: (Vector128) -> Vector128) {
    combineLoaded(state, operation) { _, source, _ in function(source) }
}

@inline(__always)
func transformLoaded<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type, _ function: (Vector128) -> Vector128) {
    combineLoaded(state, operation, T.self) { _, source, _ in function(source) }
}

@inline(__always)
func transformHalf(_ state: UInt, _ operation: UInt, _ function: (Vector128) -> Vector128) {
    combineHalves(state, operation) { _, source, _ in function(Vector128(low: source)).low }
}

@inline(__always)
func transformLoadedHalf(_ state: UInt, _ operation: UInt, _ function: (Vector128) -> Vector128) {
    combineLoadedHalf(state, operation, UInt64.self) { _, source, _ in function(Vector128(low: source)).low }
}

/// Of the second operand 4 bytes are read: those that count.
@inline(__always)
func combineLoadedQuarter(_ state: UInt, _ operation: UInt, _ function: (Vector128, Vector128) -> Vector128) {
    combineLoadedHalf(state, operation, UInt32.self) { left, right, _ in
        function(Vector128(low: left), Vector128(low: right)).low
    }
}

/// A choice by the mask in XMM0.
@inline(__always)
func blend(_ state: UInt, _ operation: UInt, _ function: (Vector128, Vector128, Vector128) -> Vector128) {
    let mask = CPU(state).xmm(0)
    combine(state, operation) { left, right, _ in function(left, right, mask) }
}

@inline(__always)
func blendLoaded(_ state: UInt, _ operation: UInt, _ function: (Vector128, Vector128, Vector128) -> Vector128) {
    let mask = CPU(state).xmm(0)
    combineLoaded(state, operation) { left, right, _ in function(left, right, mask) }
}
