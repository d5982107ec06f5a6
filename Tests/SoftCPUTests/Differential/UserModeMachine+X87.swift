import CNative

@testable import SoftCPU

extension UserModeMachine {
    /// Takes over the thunk's results where ours are their neighbours, with what rounding makes of C1 and of the exceptions at the
    /// ends of the range.
    func takeNearResults(_ context: native_context) {
        let cpu = processor.cpu
        unsafe withUnsafeBytes(of: context.fxsave) { area in
            // SAFETY: offsets are within the 512 bytes of FXSAVE.
            let status = unsafe area.load(fromByteOffset: 2, as: UInt16.self)
            for index in 0..<2 {
                let native = unsafe SoftExtended(
                    significand: area.load(fromByteOffset: 32 + 16 * index, as: UInt64.self),
                    signAndExponent: area.load(fromByteOffset: 40 + 16 * index, as: UInt16.self)
                )
                guard cpu.state.vector.isUsed(index), cpu.state.vector[st: index].isWithinOneUnit(of: native) else {
                    continue
                }
                cpu.state.vector[st: index] = native
                let decided = native.exceptionsOfOneUnit | X87Status.c1
                cpu.state.vector.setConditions(status & decided, of: decided)
            }
        }
    }
}
