import Engine
import GuestMemory
import Testing
import X86

extension EngineBehaviours {
    static let addressLine20: [any EngineBehaviour] = [
        AStoreAboveTheFirstMegabyteIsOneBelow(), WhatWasWrittenBeforeAChangeOfTheLineIsNotForgotten(),
        TheLineIsPartOfTheState(),
    ]
}

/// A store of 7 at FFFF:5010, which is 0x105000.
private let highStore: [UInt8] = [
    0xB8, 0xFF, 0xFF,  // mov ax, 0xffff
    0x8E, 0xC0,  // mov es, ax
    0x26, 0xC6, 0x06, 0x10, 0x50, 0x07,  // mov byte [es:0x5010], 7
    0xF4,  // hlt
]

struct AStoreAboveTheFirstMegabyteIsOneBelow: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>(highStore)
        _ = try machine.processor.takeDirtyPages(expecting: [])
        try machine.processor.maskAddressLine20(true)
        #expect(try machine.run() == .halt)
        #expect(try machine.read(at: 0x5000, 1) == [7])
        let pages = try machine.processor.takeDirtyPages(expecting: [])
        #expect(pages.contains(GuestPhysicalAddress(0x5000)))
        #expect(try machine.processor.takeDirtyPages(expecting: []).isEmpty)
        #expect(try machine.state().masksAddressLine20)
    }
}

struct WhatWasWrittenBeforeAChangeOfTheLineIsNotForgotten: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>([0xC6, 0x06, 0x00, 0x50, 0x01, 0xF4])  // mov byte [0x5000], 1; hlt
        _ = try machine.processor.takeDirtyPages(expecting: [])
        #expect(try machine.run() == .halt)
        try machine.processor.maskAddressLine20(true)
        try machine.processor.maskAddressLine20(false)
        let pages = try machine.processor.takeDirtyPages(expecting: [])
        #expect(pages.contains(GuestPhysicalAddress(0x5000)))
    }
}

struct TheLineIsPartOfTheState: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>(highStore)
        var state = try machine.state()
        let open = state
        let store = Exit.memoryWrite(GuestPhysicalAddress(0x10_5000), length: 1, value: 7)
        #expect(try machine.run() == store)
        state.masksAddressLine20 = true
        try machine.processor.restore(state)
        #expect(try machine.run() == .halt)
        try machine.processor.restore(open)
        #expect(try machine.run() == store)
    }
}
