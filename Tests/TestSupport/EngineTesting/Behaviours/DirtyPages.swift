import Engine
import GuestMemory
import Testing
import X86

extension EngineBehaviours {
    static let dirtyPages: [any EngineBehaviour] = [
        WhatTheGuestWroteIsAmongTheDirtyPages(), WhatTheHostWroteIsAmongTheDirtyPages(),
        APageThatIsNoLongerExpectedIsLookedOutForAgain(),
    ]
}

/// Code that writes, and the addresses of pages.
enum Writers {
    /// Writes to three addresses of two pages, 0x5000 and 0x9000.
    static let twoPages: [UInt8] = [
        0xC6, 0x06, 0x00, 0x50, 0x01,  // mov byte [0x5000], 1
        0xC6, 0x06, 0xFF, 0x5F, 0x02,  // mov byte [0x5fff], 2
        0xC6, 0x06, 0x00, 0x90, 0x03,  // mov byte [0x9000], 3
        0xF4,  // hlt
    ]

    /// Increments a byte, halts, and begins again.
    static let incrementer: [UInt8] = [
        0xFE, 0x06, 0x00, 0x50,  // inc byte [0x5000]
        0xF4,  // hlt
        0xEB, 0xF9,  // jmp to the start
    ]

    static func addresses(_ numbers: [UInt64]) -> [GuestPhysicalAddress] { numbers.map { GuestPhysicalAddress($0) } }
}

struct WhatTheGuestWroteIsAmongTheDirtyPages: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>(Writers.twoPages)
        _ = try machine.processor.takeDirtyPages(expecting: [])
        #expect(try machine.run() == .halt)
        let pages = try machine.processor.takeDirtyPages(expecting: [])
        #expect(Set(pages).isSuperset(of: Writers.addresses([0x5000, 0x9000])))
        #expect(pages == pages.sorted())
        #expect(try machine.processor.takeDirtyPages(expecting: []).isEmpty)
    }
}

struct WhatTheHostWroteIsAmongTheDirtyPages: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>([])
        _ = try machine.processor.takeDirtyPages(expecting: [])
        try machine.write([1, 2], at: 0x4FFF)
        try machine.write([1], at: TinyLayout.rom)
        let pages = try machine.processor.takeDirtyPages(expecting: [])
        #expect(pages == Writers.addresses([0x4000, 0x5000, TinyLayout.rom]))
        #expect(try machine.processor.takeDirtyPages(expecting: []).isEmpty)
    }
}

/// Whether the page is also reported in between, although nothing wrote it, is the engine's choice.
struct APageThatIsNoLongerExpectedIsLookedOutForAgain: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>(Writers.incrementer)
        let page = GuestPhysicalAddress(0x5000)
        _ = try machine.run()
        _ = try machine.processor.takeDirtyPages(expecting: [page])
        _ = try machine.processor.takeDirtyPages(expecting: [])

        let unwritten = try machine.processor.takeDirtyPages(expecting: [])
        _ = try machine.run()
        let written = try machine.processor.takeDirtyPages(expecting: [])

        #expect(!unwritten.contains(page))
        #expect(written.contains(page))
    }
}
