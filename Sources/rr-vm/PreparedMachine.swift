import Machine
import Recorder

/// A machine as the command line asks for it, its guest read.
struct PreparedMachine {
    /// The machine, with the guest loaded.
    var configuration: MachineConfiguration
    /// What is behind a unikernel's devices.
    var unikernel: UnikernelSetup
    /// The guest's file where it is a disk.
    var guestDisk: DriveOption?
}
