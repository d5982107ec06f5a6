import Glibc
import KVMCore
import X86

/// Runs a few bytes of real-mode code on KVM and prints each exit: `run-bytes`.
@main
struct RunBytes {
    static let code: [UInt8] = [
        0xB0, 0x48,  // mov al, 'H'
        0xE6, 0xE9,  // out 0xe9, al
        0xE4, 0x60,  // in al, 0x60
        0xA2, 0x00, 0xB8,  // mov [0xb800], al
        0xF4,  // hlt
    ]
    /// Where the code is, and how much memory there is: none at 0xB800.
    static let (start, memorySize) = (0x1000, 0x8000)

    static func main() {
        do {
            try run()
        } catch {
            print(error)
            exit(EX_UNAVAILABLE)
        }
    }

    static func run() throws(KVMError) {
        // Declared first, so that it is freed last.
        let memory = UnsafeMutableRawPointer.allocate(byteCount: memorySize, alignment: Int(MemoryRegion.pageSize))
        defer { memory.deallocate() }
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: memorySize)
        (memory + start).copyMemory(from: code, byteCount: code.count)

        var vm = try KVMSystem.open().createVM()
        try vm.setMemoryRegion(
            MemorySlot(0),
            guestAddress: GuestPhysicalAddress(0),
            hostMemory: memory,
            size: UInt64(memorySize)
        )
        var vcpu = try vm.createVCPU(id: 0)
        var special = try vcpu.specialRegisters()
        (special.cs.base, special.cs.selector) = (0, 0)
        try vcpu.setSpecialRegisters(special)
        var registers = Registers()
        registers.rip = UInt64(start)
        try vcpu.setRegisters(registers)

        while true {
            guard try vcpu.run() == .exit else { continue }
            let reason = vcpu.exitReason
            switch vcpu.exit {
            case .portWrite(let port, let size, let data): print("out \(port) \(size) \(hex(data))")
            case .portRead(let port, let size, var data):
                data.storeBytes(of: 0x69, as: UInt8.self)
                print("in \(port) \(size) 69")
            case .memoryWrite(let address, let data): print("write \(address) \(hex(data))")
            case .halt:
                print("halt")
                return
            default:
                print("\(reason), which this program does not handle")
                return
            }
        }
    }

    static func hex(_ data: RawSpan) -> String {
        data.withUnsafeBytes { $0.map { String($0, radix: 16) }.joined(separator: " ") }
    }
}
