import KVMCore
import X86

/// Exits in words, because a borrowed exit cannot be kept and compared.
enum ExitSummary {
    static func text(of exit: consuming VCPUExit) -> String {
        switch consume exit {
        case .portRead(let port, let size, let data): "in \(port) \(size) \(data.byteCount)"
        case .portWrite(let port, let size, let data): "out \(port) \(size) \(hex(data))"
        case .memoryRead(let address, let data): "read \(address) \(data.byteCount)"
        case .memoryWrite(let address, let data): "write \(address) \(hex(data))"
        case .msrRead(let number, let reason): "rdmsr \(number) \(reason.rawValue)"
        case .msrWrite(let number, let value, let reason): "wrmsr \(number) \(value) \(reason.rawValue)"
        case .halt: "halt"
        case .shutdown: "shutdown"
        case .debug(let debug): "debug \(debug.address)"
        case .interruptWindowOpen: "window"
        case .interrupted: "interrupted"
        case .emulationFailure(let instruction, _): "emulation failure \(hex(instruction))"
        case .internalError(let suberror, let data): "internal error \(suberror) \(data.count)"
        case .entryFailure(let reason, let cpu): "entry failure \(reason) \(cpu)"
        case .hypercall(let number, let arguments, let longMode):
            "hypercall \(number) \(words(arguments)) \(longMode)"
        case .xenHypercall(let number, let arguments, let ring, let longMode):
            "xen hypercall \(number) \(words(arguments)) ring \(ring) \(longMode)"
        case .hyperV(let call): "\(call)"
        case .systemEvent(let type, let data): "system event \(type.rawValue) \(words(data))"
        case .dirtyRingFull: "dirty ring full"
        case .unsupported(let reason): "unsupported \(reason)"
        case .busLock: "bus lock"
        case .notify(let contextIsInvalid): "notify \(contextIsInvalid)"
        case .taskPriorityLowered: "task priority lowered"
        case .taskPriorityAccess(let instruction, let isWrite): "task priority access \(instruction) \(isWrite)"
        case .endOfInterrupt(let vector): "end of interrupt \(vector)"
        case .nmi: "nmi"
        case .watchdog: "watchdog"
        case .resetHold: "reset hold"
        case .memoryFault(let fault):
            "memory fault \(fault.address) \(fault.size) private \(fault.flags.contains(.private))"
        case .trustDomainCall(let number, let flags, let data): "tdx \(number) \(flags) \(words(data.span))"
        case .unknown(let reason): "unknown \(reason)"
        case .exception(let vector, let errorCode): "exception \(vector) \(errorCode)"
        case .s390Intercept(let code, let parameterA, let parameterB): "s390 \(code) \(parameterA) \(parameterB)"
        case .s390Reset(let flags): "s390 reset \(flags)"
        case .s390UserControl(let exceptionCode, let programCode): "s390 user control \(exceptionCode) \(programCode)"
        case .s390TestSubchannel(let subchannel): "\(subchannel)"
        case .s390StoreSystemInformation(let information): "\(information)"
        case .deviceControlRegister(let number, let data, let isWrite): "dcr \(number) \(data) \(isWrite)"
        case .openSystemInterface(let registers): "osi \(words(registers.span))"
        case .paprHypercall(let number, let arguments): "papr \(number) \(words(arguments))"
        case .externalProxy(let value): "epr \(value)"
        case .armAbort(let syndrome, let address): "arm abort \(syndrome) \(address)"
        case .riscvSBI(let number, let function, let arguments): "riscv sbi \(number) \(function) \(words(arguments))"
        case .loongArchRead(let address, let data): "iocsr read \(address) \(data.byteCount)"
        case .loongArchWrite(let address, let data): "iocsr write \(address) \(hex(data))"
        case .armExternalAbort(let syndrome, let address, let physical):
            "arm external abort \(syndrome) \(address) \(physical.map { "\($0)" } ?? "unknown")"
        case .riscvCSR(let number, let newValue, let writeMask): "riscv csr \(number) \(newValue) \(writeMask)"
        }
    }

    static func words(_ words: Span<UInt64>) -> [UInt64] { words.indices.map { words[$0] } }

    static func hex(_ bytes: RawSpan) -> String {
        // SAFETY: the buffer is used inside the closure only.
        unsafe bytes.withUnsafeBytes { unsafe $0.map { String($0, radix: 16) }.joined(separator: " ") }
    }
}
