import Engines
import Machine
import Recorder

/// The machine that the command line describes, with its guest read.
struct PreparedMachine {
    /// What executes it.
    var engine: EngineChoice
    /// The machine, with the guest loaded.
    var configuration: MachineConfiguration
    /// What is behind a unikernel's devices.
    var unikernel: UnikernelSetup
    /// The network interfaces.
    var interfaces: [NetworkOptions.Interface]
    /// The guest's file, if it is a disk.
    var guestDisk: DriveOption?
}
