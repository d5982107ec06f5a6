import Devices
import Platform
import Replayer
import TraceFormat
import X86

/// What a guest's text screen shows.
enum ScreenText {
    /// The lines from top to bottom, without the blank ones at the end; none if the machine has no text memory.
    static func lines(_ view: inout some MachineView) throws(TraceError) -> [String] {
        let address = GuestPhysicalAddress(AddressSpace.textMemory)
        guard let bytes = try view.read(address, count: TextScreen.memoryByteCount) else { return [] }
        var lines = TextScreen(memory: bytes.span).lines
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }
}
