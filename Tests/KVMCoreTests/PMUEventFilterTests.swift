import KVMCore
import SystemPackage
import TestBasics
import Testing

@Suite(.needsKVM) struct PMUEventFilterTests {
    @Test func aFilterReachesTheKernelWhole() throws {
        let host = FakeHost(
            capabilities: [.pmuEventFilter: 1, .pmuEventMaskedEvents: 1],
            sizes: ["KVM_SET_PMU_EVENT_FILTER": 32 + 2 * 8]
        )
        let events = [
            PMUEventFilter.Event(select: 0x1C2, mask: 0xF0, match: 0x10),
            PMUEventFilter.Event(select: 0x3C, mask: 0xFF, match: 0x01, excludes: true),
        ]
        let vm = try host.vm()
        try vm.setPMUEventFilter(PMUEventFilter(.deny, events, fixedCounters: 5, isMasked: true))
        let expected: [UInt64] = [
            2 << 32 | 1, 1 << 32 | 5, 0, 0, 0xF000_0001_0000_10C2, 0xFF80_0000_0000_013C,
        ]
        #expect(host.bytes(of: "KVM_SET_PMU_EVENT_FILTER").words == expected)
    }

    @Test func anExactEventIsItsSelectAndItsUnitMask() {
        #expect(PMUEventFilter.Event(select: 0xFC2, unitMask: 0x41).rawValue == 0xF_0000_41C2)
    }

    @Test(.enabled("needs KVM_CAP_PMU_EVENT_FILTER") { try KVMSystem.open().check(.pmuEventFilter) > 0 })
    func aFilterIsAccepted() throws {
        let vm = try KVMSystem.open().createVM()
        try vm.setPMUEventFilter(PMUEventFilter(.allow, [PMUEventFilter.Event(select: 0xC0, unitMask: 0)]))
        try vm.setPMUEventFilter(PMUEventFilter(.deny))
    }

    @Test(.enabled("needs KVM_CAP_PMU_EVENT_FILTER") { try KVMSystem.open().check(.pmuEventFilter) > 0 })
    func moreEventsThanTheKernelTakesAreTooMany() throws {
        let vm = try KVMSystem.open().createVM()
        let many = [PMUEventFilter.Event](repeating: .init(select: 1, unitMask: 1), count: 301)
        let error = failure { try vm.setPMUEventFilter(PMUEventFilter(.allow, many)) }
        #expect(error?.errno == .argListTooLong)
        #expect(error?.argument == "301 events")
    }
}
