/// The packed integer instructions, each under its mnemonic, on XMM registers.
///
/// Those on MMX registers are the same on the lower half where lanes do not cross; ``MMX`` has the others.
enum Packed {}

/// Applies a function to lanes of the same place.
@inline(__always)
func lanewise<V: SIMD>(_ a: V, _ b: V, _ function: (V.Scalar, V.Scalar) -> V.Scalar) -> V {
    var result = V()
    for index in result.indices { result[index] = function(a[index], b[index]) }
    return result
}

/// Applies a function to each lane.
@inline(__always)
func lanewise<V: SIMD>(_ a: V, _ function: (V.Scalar) -> V.Scalar) -> V {
    var result = V()
    for index in result.indices { result[index] = function(a[index]) }
    return result
}

/// A sum that stays at the end of the range instead of leaving it.
@inline(__always)
func saturatedSum<T: FixedWidthInteger>(_ a: T, _ b: T) -> T {
    let (sum, overflows) = a.addingReportingOverflow(b)
    return overflows ? (b < 0 ? .min : .max) : sum
}

/// A difference that stays at the end of the range instead of leaving it.
@inline(__always)
func saturatedDifference<T: FixedWidthInteger>(_ a: T, _ b: T) -> T {
    let (difference, overflows) = a.subtractingReportingOverflow(b)
    return overflows ? (b < 0 ? .max : .min) : difference
}
