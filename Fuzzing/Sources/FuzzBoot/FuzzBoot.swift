import GuestMemory
import Machine
import Platform

/// Takes the input for a guest's file and boots it, in every protocol: the first byte says what else it is started with and
/// how much memory there is, the rest is the file. A trap is the finding; so is a part of the guest outside its memory.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzBoot(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = UnsafeBufferPointer(start: start, count: count)
    guard let choice = input.first else { return 0 }
    let file = Array(input.dropFirst())
    boot(file, nil, choice)
    for bootProtocol in BootProtocol.allCases { boot(file, bootProtocol, choice) }
    return 0
}

private func boot(_ file: [UInt8], _ bootProtocol: BootProtocol?, _ choice: UInt8) {
    var options = BootOptions()
    if choice & 1 != 0 { options.commandLine = "console=ttyS0" }
    if choice & 2 != 0 { options.initialRAMDisk = [1, 2, 3] }
    if choice & 4 != 0 { options.modules = [BootModule(name: "module", arguments: "one two", bytes: [4, 5, 6])] }
    if choice & 8 != 0 { options.mode = choice & 16 != 0 ? .long : .protected }
    if choice & 32 != 0 { options.address = UInt64(choice) << 12 }
    let memorySize: UInt64 = choice & 64 != 0 ? 64 << 20 : choice & 128 != 0 ? 5 << 30 : 1 << 20
    guard let image = try? GuestImage(bytes: file, bootProtocol: bootProtocol, options: options),
        let configuration = try? MachineConfiguration(memorySize: memorySize, image: image, profile: .baseline)
    else { return }
    for content in configuration.code.contents {
        let start = content.address.rawValue
        let isInside = configuration.memoryRegions.contains { region in
            start >= region.address.rawValue && UInt64(content.bytes.count) <= region.size
                && start - region.address.rawValue <= region.size - UInt64(content.bytes.count)
        }
        precondition(isInside, "a part of the guest outside its memory")
    }
}
