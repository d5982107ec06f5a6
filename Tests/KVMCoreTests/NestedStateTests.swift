import KVMCore
import SystemPackage
import TestBasics
import Testing

@Suite(.needsKVM) struct NestedStateTests {
    /// A state of SVM whose guest runs, as long as its header says.
    static func bytes(count: Int) -> [UInt8] {
        let header: [UInt8] = [0x01, 0x01, 0x01, 0x00, UInt8(count & 0xFF), UInt8(count >> 8), 0, 0]
        return header + (8..<count).map { UInt8($0 & 0xFF) }
    }

    @Test(.enabled("needs KVM_CAP_NESTED_STATE") { try KVMSystem.open().check(.nestedState) > 0 })
    func aStateRoundTrips() throws {
        var vcpu = try KVMSystem.open().createVM().createVCPU(id: 0)
        let state = try vcpu.nestedState()
        try vcpu.setNestedState(state)
        #expect(try vcpu.nestedState() == state)
        #expect(!state.flags.contains(.guestMode))
    }

    @Test func aStateIsAskedForWithItsRoomAndCutToItsSize() throws {
        let (room, size) = (0x1080, 200)
        let host = FakeHost(
            capabilities: [.nestedState: Int32(room)],
            sizes: ["KVM_GET_NESTED_STATE": room],
            replies: ["KVM_GET_NESTED_STATE": Self.bytes(count: size)]
        )
        let state = try host.vm().createVCPU(id: 0).nestedState()
        #expect(host.bytes(of: "KVM_GET_NESTED_STATE").words.first == UInt64(room) << 32)
        #expect(state.bytes == Self.bytes(count: size))
        #expect(state.format == .svm)
        #expect(state.flags == [.guestMode, .globalInterruptFlag])
    }

    @Test func aStateIsSetAsItWasRead() throws {
        let size = 200
        let host = FakeHost(capabilities: [.nestedState: 0x1080], sizes: ["KVM_SET_NESTED_STATE": size])
        var vcpu = try host.vm().createVCPU(id: 0)
        try vcpu.setNestedState(NestedState(bytes: Self.bytes(count: size)))
        #expect(host.bytes(of: "KVM_SET_NESTED_STATE") == Self.bytes(count: size))
    }

    @Test(arguments: [0, 127, 129])
    func aStateThatIsNotWholeIsRefused(count: Int) {
        let bytes = Array((Self.bytes(count: 128) + [0]).prefix(count))
        let error = failure { _ = try NestedState(bytes: bytes) }
        #expect(error?.operation == "KVM_SET_NESTED_STATE")
        #expect(error?.argument == "\(count) bytes")
    }

    @Test func aKernelThatWritesNonsenseIsNotBelieved() throws {
        let host = FakeHost(
            capabilities: [.nestedState: 128],
            sizes: ["KVM_GET_NESTED_STATE": 128],
            replies: ["KVM_GET_NESTED_STATE": Self.bytes(count: 4096).prefix(128).map { $0 }]
        )
        let vcpu = try host.vm().createVCPU(id: 0)
        #expect(failure { _ = try vcpu.nestedState() }?.argument == "128 bytes")
    }
}
