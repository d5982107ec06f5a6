public import GDBStub
internal import Replayer
public import X86

extension RecordingTarget: WritableTarget where P: ~Copyable {
    /// Changes the processor. The guest leaves the recording by that, until ``go(to:)``.
    public func write(_ state: ProcessorState) throws(DebugTargetError) {
        do { try debugger.write(state) } catch { throw DebugTargetError(error) }
    }

    /// Changes memory at a linear address. The guest leaves the recording by that, until ``go(to:)``.
    public func write(_ bytes: [UInt8], at address: UInt64) throws(DebugTargetError) {
        let memory = try memory(at: GuestVirtualAddress(address), count: bytes.count)
        do { try debugger.write(bytes, to: memory) } catch { throw DebugTargetError(error) }
    }
}
