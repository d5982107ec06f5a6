import CKVM
import Foundation
import KVMCore
import SystemPackage
import TestBasics
import Testing
import X86

/// Memory of a VM's own, and the attributes that make it private.
@Suite(.needsKVM) struct PrivateMemoryTests {
    /// A host whose VMs have private memory.
    static func host() -> FakeHost {
        FakeHost(
            capabilities: [.guestMemoryFile: 1, .guestMemoryFileFlags: 3, .userMemory2: 1, .memoryAttributes: 8],
            sizes: [
                "KVM_CREATE_GUEST_MEMFD": 64, "KVM_SET_USER_MEMORY_REGION2": 160, "KVM_SET_MEMORY_ATTRIBUTES": 32,
            ],
            descriptors: ["KVM_CREATE_GUEST_MEMFD"]
        )
    }

    static func hostMaps() throws -> Bool {
        let system = try KVMSystem.open()
        return try system.createVM().check(.guestMemoryFileFlags) & 3 == 3
    }

    @Test(.enabled("needs KVM_CAP_GUEST_MEMFD_FLAGS") { try Self.hostMaps() })
    func aGuestRunsFromAFileThatIsMapped() throws {
        var vm = try KVMSystem.open().createVM()
        let file = try vm.createGuestMemoryFile(size: 0x10000, flags: [.mappable, .initiallyShared])
        let mapping = try file.map()
        #expect(mapping.size == 0x10000)
        let code: [UInt8] = [
            0xC6, 0x06, 0x00, 0x20, 0x5A,  // mov byte [0x2000], 0x5a
            0xF4,  // hlt
        ]
        // SAFETY: within the mapping, which lives to the end of the test.
        unsafe (mapping.address + Int(TinyGuest.start)).copyMemory(from: code, byteCount: code.count)
        try unsafe vm.setMemoryRegion(
            MemorySlot(0),
            guestAddress: GuestPhysicalAddress(0),
            file: file,
            sharedMemory: mapping.address,
            size: file.size
        )
        var vcpu = try vm.createVCPU(id: 0)
        try TinyGuest.enterRealMode(&vcpu)
        #expect(try vcpu.run() == .exit)
        #expect(ExitSummary.text(of: vcpu.exit) == "halt")
        #expect(unsafe mapping.address.load(fromByteOffset: 0x2000, as: UInt8.self) == 0x5A)
        try vm.removeMemoryRegion(MemorySlot(0))
        #expect(vm.memoryRegions.isEmpty)
    }

    @Test(.enabled("needs KVM_CAP_GUEST_MEMFD_FLAGS") { try Self.hostMaps() })
    func aFileThatIsNotMappableCannotBeMapped() throws {
        let vm = try KVMSystem.open().createVM()
        let file = try vm.createGuestMemoryFile(size: 0x1000)
        #expect(failure { _ = try file.map() }?.errno == .operationNotSupportedByDevice)
    }

    @Test(.enabled("needs KVM_CAP_GUEST_MEMFD_FLAGS") { try Self.hostMaps() })
    func aFileIsClosedOnExec() async {
        await #expect(processExitsWith: .success) {
            let vm = try KVMSystem.open().createVM()
            let file = try vm.createGuestMemoryFile(size: 0x1000)
            #expect(try HostResources.kvmDescriptorFlags().count == 2)
            #expect(try HostResources.kvmDescriptorFlags().allSatisfy { $0 & O_CLOEXEC != 0 })
            _ = file.size
        }
    }

    @Test func aSlotWithAFileReachesTheKernelWhole() throws {
        let host = Self.host()
        var vm = try host.vm()
        let file = try vm.createGuestMemoryFile(size: 0x4000)
        // SAFETY: the fake host maps nothing.
        try unsafe vm.setMemoryRegion(
            MemorySlot(3),
            guestAddress: GuestPhysicalAddress(0x10000),
            file: file,
            fileOffset: 0x1000,
            sharedMemory: UnsafeMutableRawPointer(bitPattern: 0x7000),
            size: 0x2000,
            flags: .readOnly
        )
        let words = host.bytes(of: "KVM_SET_USER_MEMORY_REGION2").words
        #expect(words.prefix(5) == [3 | 6 << 32, 0x10000, 0x2000, 0x7000, 0x1000])
        #expect((3..<1 << 32).contains(words[5]), "the file's descriptor")
        #expect(words.dropFirst(6).allSatisfy { $0 == 0 })
        #expect(vm.memoryRegions[MemorySlot(3)]?.flags == [.readOnly, .guestMemoryFile])
    }

    @Test(
        arguments: [
            (0x800, 0x1000, "the offset in the file is not page-aligned"),
            (0x3000, 0x2000, "the file ends before the slot does"),
            (0x5000, 0x1000, "the file ends before the slot does"),
            (0, 0x800, "the size is not a multiple of 4096"),
        ] as [(UInt64, UInt64, String)]
    )
    func aPartThatTheFileDoesNotHaveIsRefused(offset: UInt64, size: UInt64, reason: String) throws {
        var vm = try Self.host().vm()
        let file = try vm.createGuestMemoryFile(size: 0x4000)
        let error = failure {
            // SAFETY: the call is refused.
            try unsafe vm.setMemoryRegion(
                MemorySlot(0),
                guestAddress: GuestPhysicalAddress(0),
                file: file,
                fileOffset: offset,
                sharedMemory: nil,
                size: size
            )
        }
        #expect(error?.operation == "KVM_SET_USER_MEMORY_REGION2")
        #expect(error?.cause == .refused(reason))
    }

    @Test func aSlotWithAFileIsNotChanged() throws {
        var vm = try Self.host().vm()
        let file = try vm.createGuestMemoryFile(size: 0x4000)
        let memory = GuestMemory(size: 0x4000)
        func add() throws {
            // SAFETY: the fake host maps nothing.
            try unsafe vm.setMemoryRegion(
                MemorySlot(0),
                guestAddress: GuestPhysicalAddress(0),
                file: file,
                sharedMemory: nil,
                size: 0x4000
            )
        }
        try add()
        #expect(failure { try add() }?.cause == .refused("the slot is in use: remove it first"))
        let error = failure {
            // SAFETY: the call is refused.
            try unsafe vm.setMemoryRegion(
                MemorySlot(0),
                guestAddress: GuestPhysicalAddress(0),
                hostMemory: memory.address,
                size: 0x4000
            )
        }
        #expect(error?.description.contains("remove it first") == true)
    }

    @Test func aFileReachesTheKernelWhole() throws {
        let host = Self.host()
        _ = try host.vm().createGuestMemoryFile(size: 0x4000, flags: .mappable)
        #expect(host.bytes(of: "KVM_CREATE_GUEST_MEMFD").words == [0x4000, 1, 0, 0, 0, 0, 0, 0])
    }

    @Test(arguments: [0, 0x800] as [UInt64]) func aFileIsWholePages(size: UInt64) throws {
        let vm = try Self.host().vm()
        let error = failure { _ = try vm.createGuestMemoryFile(size: size) }
        #expect(error?.cause == .refused("the size must be whole pages"))
    }

    @Test func aFlagThatTheHostDoesNotNameIsRefused() throws {
        let vm = try Self.host().vm()
        let error = failure { _ = try vm.createGuestMemoryFile(size: 0x1000, flags: .init(rawValue: 4)) }
        #expect(error?.cause == .refused("this VM's files have no flags other than 0x3"))
    }

    @Test func attributesReachTheKernelWhole() throws {
        let host = Self.host()
        let vm = try host.vm()
        try vm.setMemoryAttributes(.private, from: GuestPhysicalAddress(0x3000), size: 0x2000)
        #expect(host.bytes(of: "KVM_SET_MEMORY_ATTRIBUTES").words == [0x3000, 0x2000, 8, 0])
    }

    @Test(
        arguments: [
            (8, 0x3000, 0, "the range must be whole pages"),
            (8, 0x3000, 0x800, "the range must be whole pages"),
            (8, 0x3800, 0x1000, "the range must be whole pages"),
            (9, 0x3000, 0x1000, "this VM has no attributes other than 0x8"),
        ] as [(UInt64, UInt64, UInt64, String)]
    )
    func attributesThatCannotBeAreRefused(bits: UInt64, start: UInt64, size: UInt64, reason: String) throws {
        let vm = try Self.host().vm()
        let error = failure {
            try vm.setMemoryAttributes(.init(rawValue: bits), from: GuestPhysicalAddress(start), size: size)
        }
        #expect(error?.cause == .refused(reason))
    }
}
