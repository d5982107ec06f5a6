package import CZydis
package import X86

extension ExecutionMode {
    /// Zydis's name for it.
    var zydisMachineMode: ZydisMachineMode {
        switch self {
        case .real: ZYDIS_MACHINE_MODE_REAL_16
        case .protected16: ZYDIS_MACHINE_MODE_LONG_COMPAT_16
        case .protected32: ZYDIS_MACHINE_MODE_LONG_COMPAT_32
        case .long64: ZYDIS_MACHINE_MODE_LONG_64
        }
    }

    fileprivate var zydisStackWidth: ZydisStackWidth {
        switch self {
        case .real, .protected16: ZYDIS_STACK_WIDTH_16
        case .protected32: ZYDIS_STACK_WIDTH_32
        case .long64: ZYDIS_STACK_WIDTH_64
        }
    }
}

extension ZydisDecoder {
    /// Decodes code that executes in this mode.
    package init(_ mode: ExecutionMode) {
        self.init()
        unsafe ZydisDecoderInit(&self, mode.zydisMachineMode, mode.zydisStackWidth)
    }
}
