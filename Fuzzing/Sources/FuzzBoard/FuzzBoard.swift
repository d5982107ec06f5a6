/// Takes the input for what a hostile guest does to a PC: accesses of ports and of devices' memory, changes of its own memory,
/// interrupts that it takes, leaps of time, and bytes typed on its console. Its first byte says whether disks take time. A trap
/// is the finding; so is a deadline in the past, a write outside the guest's memory, and a device that, made anew from its
/// state, is another.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzBoard(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = UnsafeBufferPointer(start: start, count: count)
    guard let first = input.first, var machine = try? FuzzedMachine(disksTakeTime: first & 1 == 1) else { return 0 }
    var script = Script(UnsafeBufferPointer(rebasing: input.dropFirst()))
    while let action = script.next(), machine.takes(action) {}
    machine.checkStates()
    return 0
}
