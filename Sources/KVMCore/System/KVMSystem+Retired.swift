import SystemPackage

extension KVMSystem {
    /// Calls that Linux had before 2.6.34, kept to show that they are gone (`KVM_TRACE_*`).
    public enum RetiredCall: CaseIterable, Sendable {
        /// `KVM_TRACE_ENABLE`.
        case traceEnable
        /// `KVM_TRACE_PAUSE`.
        case tracePause
        /// `KVM_TRACE_DISABLE`.
        case traceDisable

        fileprivate var request: Request {
            switch self {
            case .traceEnable: .traceEnable
            case .tracePause: .tracePause
            case .traceDisable: .traceDisable
            }
        }
    }

    /// Makes a retired call.
    ///
    /// - Throws: EOPNOTSUPP, as kernels do that still know the number. Later kernels have forgotten it and answer
    ///   EINVAL, as for any unknown number; that means the same and is reported as EOPNOTSUPP too.
    public func call(_ call: RetiredCall) throws(KVMError) {
        do {
            try descriptor.call(call.request)
        } catch {
            guard error.errno == .invalidArgument else { throw error }
            throw KVMError(operation: error.operation, argument: error.argument, cause: .system(.notSupported))
        }
    }
}
