internal import Engine
internal import KVMCore
internal import X86

/// How a probe's guest ended.
enum ProbeExit: Hashable {
    /// It executed its last instruction (``ProbeCode/end``).
    case end
    /// The handler of interrupts and of INT n ran.
    case interruptHandler
    /// The handler of exceptions ran.
    case faultHandler
    /// A port write by the probe itself, of this many elements.
    case portWrite(Port, elements: Int, value: UInt64)
    /// A port read, of this many elements.
    case portRead(Port, elements: Int)
    /// A write outside memory.
    case memoryWrite
    /// A step or a breakpoint.
    case debug(DebugExit)
    /// The interrupt-window exit that the probe asked for.
    case interruptWindow
    /// RDMSR that the filter denied.
    case msrRead
    /// KVM cannot execute the instruction.
    case emulationFailure
    /// A fault that could not be delivered.
    case shutdown
    /// It was kicked, or ran longer than a probe may.
    case stopped
    /// Something else.
    case other(String)
}

extension ProbeExit: CustomStringConvertible {
    /// What happened to the guest, as words to follow "the guest".
    var description: String {
        switch self {
        case .end: "ran to its end"
        case .interruptHandler: "reached its interrupt handler"
        case .faultHandler: "took an exception"
        case .portWrite(let port, _, _): "wrote port \(port)"
        case .portRead(let port, _): "read port \(port)"
        case .memoryWrite: "wrote outside memory"
        case .debug(let debug): "stopped for the debugger at \(debug.address)"
        case .interruptWindow: "could take an interrupt"
        case .msrRead: "read a trapped register"
        case .emulationFailure: "reached an instruction that KVM cannot emulate"
        case .shutdown: "shut down with a triple fault"
        case .stopped: "did not finish"
        case .other(let what): "ended with \(what)"
        }
    }
}

extension ProbeExit {
    /// The present exit of a vCPU.
    init(of vcpu: inout VCPU) {
        switch vcpu.exit {
        case .portWrite(let port, let size, let data):
            self = Self.portWrite(to: port, elements: data.byteCount / size.byteCount, first: data.firstByte)
        case .portRead(let port, let size, let data):
            self = .portRead(port, elements: data.byteCount / size.byteCount)
        case .memoryWrite: self = .memoryWrite
        case .memoryRead(let address, _): self = .other("a read of \(address)")
        case .debug(let debug): self = .debug(debug)
        case .interruptWindowOpen: self = .interruptWindow
        case .msrRead: self = .msrRead
        case .emulationFailure: self = .emulationFailure
        case .shutdown: self = .shutdown
        case .halt: self = .other("HLT")
        case .internalError(let suberror, _): self = .other("KVM internal error \(suberror)")
        case .entryFailure(let reason, _): self = .other("a refused entry, reason \(reason)")
        case .unknown(let reason): self = .other("an exit unknown to KVM, reason \(reason)")
        case .unsupported(let reason): self = .other("exit \(reason)")
        default: self = .other("an unexpected exit")
        }
    }

    private static func portWrite(to port: Port, elements: Int, first: UInt64) -> Self {
        switch port {
        case ProbeCode.endPort: .end
        case ProbeCode.interruptPort: .interruptHandler
        case ProbeCode.faultPort: .faultHandler
        default: .portWrite(port, elements: elements, value: first)
        }
    }
}

extension RawSpan {
    /// The first byte; 0 if there is none.
    fileprivate var firstByte: UInt64 {
        guard byteCount > 0 else { return 0 }
        // SAFETY: there is a byte.
        return UInt64(unsafe unsafeLoad(fromByteOffset: 0, as: UInt8.self))
    }
}
