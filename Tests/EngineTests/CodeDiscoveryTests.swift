import GuestMemory
import Testing
import X86

@testable import Engine

/// What is done about code that was not there when the guest was loaded.
@Suite struct CodeDiscoveryTests {
    private static let start = CodeWalkTests.start
    private static let place = GuestVirtualAddress(start)
    private static let trapped: [UInt8] = [0xE6, 0xE4]

    private static func discovery() throws -> CodeDiscovery {
        try #require(CodeDiscovery(trapping: [.rdtsc], basePort: 0xE4))
    }

    @Test func withoutAnythingToTrapThereIsNone() {
        #expect(CodeDiscovery(trapping: [], basePort: 0xE4) == nil)
        #expect(CodeDiscovery(trapping: [.rdtsc], basePort: nil) == nil)
    }

    @Test func aPlaceIsKnownUntilItsCodeChanges() throws {
        var discovery = try Self.discovery()
        let memory = try CodeWalkTests.memory([(Self.start, [0x90, 0xC3])])
        #expect(!discovery.knows(Self.place, in: memory))
        #expect(discovery.explore(Self.place, CodeWalkTests.state, in: memory).isEmpty)
        #expect(discovery.knows(Self.place, in: memory))
        try memory.write([0x0F, 0x31, 0xC3], at: GuestPhysicalAddress(Self.start))
        #expect(!discovery.knows(Self.place, in: memory))
        let patches = discovery.explore(Self.place, CodeWalkTests.state, in: memory)
        #expect(patches == [.init(address: GuestPhysicalAddress(Self.start), replacement: Self.trapped)])
    }

    @Test func aGuestIsTakenToBeWhereItWasUntilItsCodeChanges() throws {
        var discovery = try Self.discovery()
        let memory = try CodeWalkTests.memory([(Self.start, [0x90, 0xC3])])
        func expects(_ rip: UInt64) -> Bool { discovery.expects(atRIP: rip, in: memory) }
        #expect(!expects(0x10))
        discovery.expect(Self.place, atRIP: 0x10)
        // The code there has not been walked.
        #expect(!expects(0x10))
        _ = discovery.explore(Self.place, CodeWalkTests.state, in: memory)
        #expect(expects(0x10))
        #expect(!expects(0x11))
        #expect(!expects(0x10 + 2048))
        try memory.write([0x0F, 0x31, 0xC3], at: GuestPhysicalAddress(Self.start))
        #expect(!expects(0x10))
    }

    @Test func itsSegmentIsLookedAtEverMoreSeldomWhileItStaysThere() throws {
        var discovery = try Self.discovery()
        let memory = try CodeWalkTests.memory([(Self.start, [0x90, 0xC3])])
        _ = discovery.explore(Self.place, CodeWalkTests.state, in: memory)
        /// How many exits pass without a look, before one that finds the guest at `address`.
        func exits(untilItIsAt address: GuestVirtualAddress = Self.place) -> Int {
            var count = 0
            while discovery.expects(atRIP: 0x10, in: memory) { count += 1 }
            discovery.expect(address, atRIP: 0x10)
            return count
        }
        #expect(exits() == 0)
        #expect((0..<6).map { _ in exits() } == [64, 128, 256, 512, 1024, 1024])
        // Another segment, whose code has not been walked.
        #expect(exits(untilItIsAt: GuestVirtualAddress(0x9000)) == 1024)
        #expect(exits() == 0)
        #expect((0..<2).map { _ in exits() } == [64, 128])
    }

    @Test(arguments: [
        (ring: UInt32(0), flags: UInt64(0x2), isPatched: true),
        (ring: 3, flags: 0x3002, isPatched: true),
        (ring: 3, flags: 0x1002, isPatched: false),
        (ring: 3, flags: 0x2, isPatched: false),
        (ring: 3, flags: 0x2_3002, isPatched: false),
    ])
    func codeThatMayNotWriteToPortsIsLeftAlone(_ level: (ring: UInt32, flags: UInt64, isPatched: Bool)) throws {
        var discovery = try Self.discovery()
        let memory = try CodeWalkTests.memory([(Self.start, [0x0F, 0x31, 0xC3])])
        var state = CodeWalkTests.state
        state.segments.ss.accessRights |= level.ring << 5
        state.rflags = level.flags
        #expect(discovery.explore(Self.place, state, in: memory).isEmpty == !level.isPatched)
    }

    @Test func theGuestIsStoppedWhereItEntersOtherCodeAndThatIsWalked() throws {
        var discovery = try Self.discovery()
        let memory = try CodeWalkTests.memory([(Self.start, [0xFF, 0xE0])])  // jmp eax
        #expect(discovery.explore(GuestVirtualAddress(0x9000), CodeWalkTests.state, in: memory).isEmpty)
        #expect(discovery.breakpoints == [Self.place])
        // The guest unpacks code, and comes to the jump.
        try memory.write([0x0F, 0x31, 0xC3], at: GuestPhysicalAddress(0x4000))
        var state = CodeWalkTests.state
        state[.rax] = 0x4000
        let patches = discovery.enter(state, in: memory)
        #expect(patches == [.init(address: GuestPhysicalAddress(0x4000), replacement: Self.trapped)])
        #expect(discovery.breakpoints.isEmpty)
        // The jump has been met: it stops the guest once.
        _ = discovery.explore(GuestVirtualAddress(0x9999), CodeWalkTests.state, in: memory)
        #expect(discovery.breakpoints.isEmpty)
    }

    @Test func aStopSomewhereElseMeansNothing() throws {
        var discovery = try Self.discovery()
        let memory = try CodeWalkTests.memory([(Self.start, [0x0F, 0x31])])
        #expect(discovery.enter(CodeWalkTests.state, in: memory).isEmpty)
    }

    @Test func aGuestThatDebugsItselfIsNotStopped() throws {
        let memory = try CodeWalkTests.memory([(Self.start, [0xFF, 0xE0])])
        for change in [{ $0.rflags |= 0x100 }, { $0.debug.control = 1 }, { $0.debug.address[2] = 1 }]
            as [(inout ProcessorState) -> Void]
        {
            var (discovery, state) = (try Self.discovery(), CodeWalkTests.state)
            change(&state)
            _ = discovery.explore(GuestVirtualAddress(0x9000), state, in: memory)
            #expect(discovery.breakpoints.isEmpty)
        }
    }

    @Test func aGuestThatIsAboutToSetItsDebugRegistersHasThemToItself() throws {
        var discovery = try Self.discovery()
        let memory = try CodeWalkTests.memory([
            (Self.start, [0xFF, 0xE0]), (0x4000, [0x0F, 0x23, 0xF8, 0xFF, 0xE0]),  // jmp eax; mov dr7, eax; jmp eax
        ])
        _ = discovery.explore(GuestVirtualAddress(0x9000), CodeWalkTests.state, in: memory)
        #expect(discovery.breakpoints == [Self.place])
        var elsewhere = CodeWalkTests.state
        elsewhere.rip = 0x4000
        _ = discovery.explore(GuestVirtualAddress(0x9100), elsewhere, in: memory)
        #expect(discovery.breakpoints.isEmpty)
    }

    @Test func theLastFourJumpsHaveBreakpoints() throws {
        var discovery = try Self.discovery()
        let calls = (0..<6).flatMap { _ in [0xFF, 0xD0] as [UInt8] }
        let memory = try CodeWalkTests.memory([(Self.start, calls + [0xC3])])
        _ = discovery.explore(GuestVirtualAddress(0x9000), CodeWalkTests.state, in: memory)
        #expect(discovery.breakpoints.map(\.rawValue) == (2..<6).map { Self.start + 2 * $0 })
    }

    @Test func aPointerThatIsSetLaterIsFollowed() throws {
        var discovery = try Self.discovery()
        let memory = try CodeWalkTests.memory([
            (Self.start, [0xFF, 0x15, 0, 0x50, 0, 0, 0xC3]), (0x4000, [0x0F, 0x31, 0xC3]), (0x6000, [0x90, 0xC3]),
        ])
        #expect(discovery.explore(Self.place, CodeWalkTests.state, in: memory).isEmpty)
        try memory.write([0, 0x40], at: GuestPhysicalAddress(0x5000))
        var elsewhere = CodeWalkTests.state
        elsewhere.rip = 0x6000
        let patches = discovery.explore(GuestVirtualAddress(0x6000), elsewhere, in: memory)
        #expect(patches == [.init(address: GuestPhysicalAddress(0x4000), replacement: Self.trapped)])
    }
}
