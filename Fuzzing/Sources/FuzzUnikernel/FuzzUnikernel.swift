import Engine
import Machine
import X86

/// Takes the input for a unikernel's file and loads it: the first byte says which devices are attached and how much memory
/// there is, the rest is the file. A trap is the finding; so is a program outside its memory, or memory that is not divided
/// into what can be written and what cannot without a gap.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzUnikernel(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = UnsafeBufferPointer(start: start, count: count)
    guard let choice = input.first else { return 0 }
    var options = BootOptions()
    options.commandLine = choice & 1 != 0 ? "one two" : ""
    if choice & 2 != 0 {
        options.attachments.append(UnikernelDevice(name: "storage", kind: .block(capacity: 4 << 20, blockSize: 512)))
    }
    if choice & 4 != 0 {
        let kind = UnikernelDevice.Kind.network(address: [2, 0, 0, 0, 0, 1], mtu: 1500)
        options.attachments.append(UnikernelDevice(name: "wire", kind: kind))
    }
    let memorySize: UInt64 = choice & 8 != 0 ? 512 << 20 : 4 << 20
    guard let image = try? GuestImage(bytes: Array(input.dropFirst()), bootProtocol: .hvt, options: options),
        let configuration = try? MachineConfiguration(memorySize: memorySize, image: image, profile: .baseline)
    else { return 0 }
    check(configuration)
    return 0
}

private func check(_ configuration: MachineConfiguration) {
    var next: UInt64 = 0
    for region in configuration.memoryRegions {
        precondition(region.address.rawValue == next && region.size > 0 && region.size % 4096 == 0, "a gap in memory")
        next += region.size
    }
    precondition(next == configuration.memorySize, "memory of another size")
    for content in configuration.code.contents {
        let (end, overflow) = content.address.rawValue.addingReportingOverflow(UInt64(content.bytes.count))
        precondition(!overflow && end <= next, "a part of the guest outside its memory")
    }
    let entry = configuration.initialState.rip
    precondition(entry >= 0x10_0000 && entry < next, "an entry point outside the program")
}
