import Replayer
import Testing
import TraceFormat
import X86

/// The note that a Linux kernel keeps for debuggers, in memory laid out by hand.
@Suite struct LinuxCrashNoteTests {
    private static let regions = [
        TraceHeader.MemoryRegion(address: GuestPhysicalAddress(0), size: 0x4000),
        TraceHeader.MemoryRegion(address: GuestPhysicalAddress(0x10_0000), size: 0x3000),
    ]

    /// A machine that has bytes at one place, and zeros elsewhere.
    private func view(_ content: [UInt8], at address: Int) -> FixedView {
        var memory = [UInt8](repeating: 0, count: 0x10_3000)
        memory.replaceSubrange(address..<address + content.count, with: content)
        return FixedView(memory: memory)
    }

    private static func note(_ text: String, name: String = "VMCOREINFO", length: UInt8? = nil) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 24)
        bytes[0] = UInt8(name.utf8.count + 1)
        bytes[4] = length ?? UInt8(text.utf8.count)
        bytes.replaceSubrange(12..<12 + name.utf8.count, with: name.utf8)
        return bytes + Array(text.utf8)
    }

    @Test(arguments: [0x2000, 0x10_2000])
    func isFoundAtTheBeginningOfAPageOfAnyRegion(address: Int) throws {
        let content = Self.note("OSRELEASE=6.1.0\n")
        var view = view(content, at: address)

        #expect(try LinuxCrashNote(in: &view, regions: Self.regions)?.bytes == content)
    }

    @Test func isPaddedToWholeWords() throws {
        let content = Self.note("OSRELEASE=6.1")
        var view = view(content, at: 0x1000)

        #expect(try LinuxCrashNote(in: &view, regions: Self.regions)?.bytes == content + [0, 0, 0])
    }

    @Test(arguments: [
        (0x2010, note("OSRELEASE=6.1.0\n")), (0x8000, note("OSRELEASE=6.1.0\n")), (0x2000, note("RELEASE=6.1.0000\n")),
        (0x2000, note("OSRELEASE=6.1.0\n", name: "VMCOREINFX")), (0x2000, note("OSRELEASE=6.1.0\n", length: 0)),
    ])
    func anythingElseIsNone(address: Int, content: [UInt8]) throws {
        var view = view(content, at: address)
        #expect(try LinuxCrashNote(in: &view, regions: Self.regions) == nil)
    }
}
