import ByteCoding
import TraceFormat
import X86

extension Event {
    /// Every kind of event but keyframes and the end, with the extremes of every field.
    static let samples: [Event] = [
        .portRead(PortAccess(port: Port(0), size: .byte, value: 0)),
        .portRead(PortAccess(port: Port(.max), size: .doubleword, value: .max)),
        .portRead(PortAccess(port: Port(0x1F0), size: .word, value: 0xFFFF)),
        .portWrite(PortAccess(port: Port(0x402), size: .byte, value: 0x41, isConsole: true)),
        .portWrite(PortAccess(port: Port(0x402), size: .byte, value: 0xFF)),
        .memoryRead(MemoryAccess(address: GuestPhysicalAddress(0), length: 1, value: 0)),
        .memoryRead(MemoryAccess(address: GuestPhysicalAddress(.max), length: 8, value: .max)),
        .memoryWrite(MemoryAccess(address: GuestPhysicalAddress(0xB8000), length: 3, value: 0xFF_FFFF)),
        .readMSR(index: 0, value: nil),
        .readMSR(index: .max, value: .max),
        .readMSR(index: 0x10, value: 0),
        .writeMSR(index: .max, value: .max, faults: true),
        .writeMSR(index: 0, value: 0, faults: false),
        .halt,
        .tripleFault,
        .interrupt(vector: 0),
        .interrupt(vector: 255),
        .nonMaskableInterrupt,
        .deviceWrite(address: GuestPhysicalAddress(0x1000), bytes: []),
        .deviceWrite(address: GuestPhysicalAddress(0x1001), bytes: [1, 2, 3]),
        .deviceWrite(address: GuestPhysicalAddress(0x2000), bytes: [UInt8](repeating: 0xA5, count: 65536)),
        .deviceRead(read(0, .arguments([]))),
        .deviceRead(read(.max, .arguments([UInt8](repeating: 0x11, count: 16)))),
        .deviceRead(read(0x502, .arguments([UInt8](repeating: 0, count: 16)))),
        .deviceRead(read(0x502, .data([]), isConsole: true)),
        .deviceRead(read(0x502, .data(Array("text \"\u{1}\"\n".utf8)), isConsole: true)),
        .deviceRead(read(1, .data([UInt8](repeating: 0x5A, count: 65536)))),
        .deviceRead(read(0x504, .digest(Digest128(low: .max, high: 1), count: 1))),
        .deviceRead(read(0x504, .digest(.zero, count: 1 << 40))),
        .hiddenRead(HiddenRead(instruction: .rdtsc, value: .max)),
        .hiddenRead(HiddenRead(instruction: .rdtscp, value: 1, auxiliary: .max)),
        .hiddenRead(HiddenRead(instruction: .rdrand, value: 0, succeeded: false)),
        .hiddenRead(HiddenRead(instruction: .rdseed, value: 5)),
        .hiddenRead(HiddenRead(instruction: .rdpmc, value: 6)),
        .hiddenRead(HiddenRead(instruction: .rdpid, value: 7)),
    ]

    private static func read(_ port: UInt16, _ content: DeviceRead.Content, isConsole: Bool = false) -> DeviceRead {
        DeviceRead(port: Port(port), address: GuestPhysicalAddress(.max), content: content, isConsole: isConsole)
    }
}
