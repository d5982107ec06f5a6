internal import Engine
public import TraceFormat

extension TraceHeader {
    /// The first of the private ports by which patched code of this trace traps; nil if nothing is patched.
    public var trapBasePort: UInt8? {
        patches.first.flatMap { TrapCode.basePort(of: $0.replacement, $0.instruction) } ?? trapPort
    }
}
