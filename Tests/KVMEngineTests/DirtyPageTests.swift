import EngineTesting
import KVMCore
import TestBasics
import Testing
import X86

@testable import Engine
@testable import KVMEngine

/// What KVM's dirty log gives beyond what every engine does.
@Suite(.needsKVM) struct DirtyPageTests {
    @Test func aPageThatIsExpectedToBeWrittenIsNamedUnseenOnce() throws {
        var machine = try TinyMachine<KVMProcessor>([0xFE, 0x06, 0x00, 0x50, 0xF4])  // inc byte [0x5000]; hlt
        let page = GuestPhysicalAddress(0x5000)
        _ = try machine.run()
        _ = try machine.processor.takeDirtyPages(expecting: [page])

        let expected = try machine.processor.takeDirtyPages(expecting: [])

        #expect(try expected.contains(page) == Self.hostKeepsPagesWritten)
    }

    /// Whether KVM lets user space say when a page is to be looked out for again.
    private static var hostKeepsPagesWritten: Bool {
        get throws { try KVMSystem.open().createVM().check(.manualDirtyLogProtect2) & 1 != 0 }
    }
}
