internal import CZydis
internal import X86

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

    /// The width of its stack pointer.
    var zydisStackWidth: ZydisStackWidth {
        switch self {
        case .real, .protected16: ZYDIS_STACK_WIDTH_16
        case .protected32: ZYDIS_STACK_WIDTH_32
        case .long64: ZYDIS_STACK_WIDTH_64
        }
    }
}
