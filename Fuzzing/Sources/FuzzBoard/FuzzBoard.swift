/// Takes the input for what a hostile guest does to a PC: accesses of ports and of devices' memory, changes of its own memory,
/// interrupts that it takes, leaps of time, and bytes typed on its console. A trap is the finding; so is a deadline in the
/// past, a write outside the guest's memory, and a device that, made anew from its state, is another.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzBoard(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    var script = Script(UnsafeBufferPointer(start: start, count: count))
    guard var machine = try? FuzzedMachine() else { return 0 }
    while let action = script.next(), machine.takes(action) {}
    machine.checkStates()
    return 0
}
