public import Engine
internal import KVMCore
public import X86

extension KVMProcessor {
    /// Stops before the instructions at these addresses; see ``DebuggableProcessor/setBreakpoints(_:)``.
    public mutating func setBreakpoints(_ addresses: [GuestVirtualAddress]) throws(EngineError) {
        isStepping = false
        do {
            try vcpu.setGuestDebug(GuestDebug(hardwareBreakpoints: addresses.map { .init(address: $0) }))
        } catch {
            throw .kvm(error)
        }
    }

    /// See ``DebuggableProcessor/canStop(in:)``.
    public func canStop(in mode: GuestMode) -> Bool { HostProbe.canStop(in: mode) }

    /// Executes one instruction; see ``DebuggableProcessor/step()``.
    public mutating func step() throws(EngineError) -> Exit {
        isStepping = true
        do { try vcpu.setGuestDebug(GuestDebug(singleStep: true)) } catch { throw .kvm(error) }
        return try run()
    }

    /// See ``DebuggableProcessor/exitRegisters``.
    public var exitRegisters: [UInt64] {
        let registers = vcpu.syncedRegisters
        return registers.general + [registers.rip, registers.rflags]
    }
}
