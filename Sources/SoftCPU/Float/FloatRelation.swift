/// How two numbers compare.
enum FloatRelation: UInt8, BitwiseCopyable {
    case equal, less, greater, unordered
}
