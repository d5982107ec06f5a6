import GuestImages
import Testing

@Suite struct GuestTests {
    @Test func namesAreUnique() {
        let names = Guest.all.map(\.name)

        #expect(Set(names).count == names.count)
    }

    @Test(arguments: Guest.all.filter { $0.boot == .flat })
    func imageFitsBetweenItsLoadAddressAndTheScratchArea(guest: Guest) {
        #expect(!guest.image.isEmpty)
        #expect(guest.loadAddress + UInt64(guest.image.count) <= 0x10000)
    }

    @Test(arguments: Guest.all.filter { $0.boot == .flat })
    func imageOpensWithInterruptsOff(guest: Guest) {
        let clearInterruptFlag: UInt8 = 0xFA

        #expect(guest.image.first == clearInterruptFlag)
    }

    @Test func guestIsFoundByName() {
        #expect(Guest.named("exit-codes").outcome == .exit(code: 42))
    }
}
