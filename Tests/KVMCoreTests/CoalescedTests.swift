import KVMCore
import TestBasics
import Testing
import X86

@Suite(.needsKVM) struct CoalescedTests {
    @Test func writesToAZoneDoNotExitAndAreDrainedInOrder() throws {
        var guest = try TinyGuest([
            0xB8, 0x00, 0xF0,  // mov ax, 0xf000
            0x8E, 0xD8,  // mov ds, ax
            0xC6, 0x06, 0x10, 0x00, 0x11,  // mov byte [0x10], 0x11
            0xC7, 0x06, 0x12, 0x00, 0x33, 0x22,  // mov word [0x12], 0x2233
            0xF4,  // hlt
        ])
        let zone = GuestPhysicalAddress(0xF0000)
        try guest.vm.registerCoalescedMemory(at: zone, size: 0x1000)
        try guest.runToHalt()
        var writes: [CoalescedWrite] = []
        #expect(guest.vcpu.drainCoalescedWrites { writes.append($0) } == 2)
        #expect(
            writes.map(\.place) == [.memory(GuestPhysicalAddress(0xF0010)), .memory(GuestPhysicalAddress(0xF0012))]
        )
        #expect(writes.map(\.byteCount) == [1, 2])
        #expect(writes.map(\.value) == [0x11, 0x2233])
        #expect(guest.vcpu.drainCoalescedWrites { _ in } == 0)
    }

    @Test func aFullRingExitsAndGoesOnWhenDrained() throws {
        var guest = try TinyGuest([
            0xB0, 0x5A,  // mov al, 0x5a
            0xB9, 0xC8, 0x00,  // mov cx, 200
            0xE6, 0x80,  // next: out 0x80, al
            0xE2, 0xFC,  // loop next
            0xF4,  // hlt
        ])
        try guest.vm.registerCoalescedPorts(at: Port(0x80), count: 1)
        try guest.runToExit()
        #expect(try guest.summary() == "out 0x80 byte 5a")
        var places: Set<CoalescedWrite.Place> = []
        let first = guest.vcpu.drainCoalescedWrites { places.insert($0.place) }
        try guest.runToHalt()
        let second = guest.vcpu.drainCoalescedWrites { places.insert($0.place) }
        #expect(first + 1 + second == 200)
        #expect(places == [.port(Port(0x80))])
    }

    @Test func writesToMemoryThatIsNoZoneAnyMoreExitAgain() throws {
        var guest = try TinyGuest([
            0xB8, 0x00, 0xF0,  // mov ax, 0xf000
            0x8E, 0xD8,  // mov ds, ax
            0xC6, 0x06, 0x10, 0x00, 0x11,  // mov byte [0x10], 0x11
        ])
        try guest.vm.registerCoalescedMemory(at: GuestPhysicalAddress(0xF0000), size: 0x1000)
        try guest.vm.unregisterCoalescedMemory(at: GuestPhysicalAddress(0xF0000), size: 0x1000)
        try guest.runToExit()
        #expect(try guest.summary() == "write 0xf0010 11")
        #expect(guest.vcpu.drainCoalescedWrites { _ in } == 0)
    }

    @Test func anUnregisteredZoneExitsAgain() throws {
        var guest = try TinyGuest([
            0xE6, 0x80,  // out 0x80, al
        ])
        try guest.vm.registerCoalescedPorts(at: Port(0x80), count: 1)
        try guest.vm.unregisterCoalescedPorts(at: Port(0x80), count: 1)
        try guest.runToExit()
        #expect(try guest.summary() == "out 0x80 byte 0")
    }
}
