import TraceFormat
import X86

@testable import Replayer

/// A machine made up for a test.
struct FixedView: MachineView {
    var state = ProcessorState()
    /// Memory from address 0 on.
    var memory: [UInt8] = []

    func read(_ address: GuestPhysicalAddress, count: Int) -> [UInt8]? {
        guard address.rawValue < UInt64(memory.count), memory.count - Int(address.rawValue) >= count else { return nil }
        return Array(memory[Int(address.rawValue)...].prefix(count))
    }
}
