import GuestImages
import Machine
import Platform
import Recorder

/// The machine in which a guest of this package runs.
extension Guest {
    /// How it is booted; nil if its file says so.
    var bootProtocol: BootProtocol? {
        switch boot {
        case .flat, .flatProtected, .flatLong: .flat
        case .saysHow: nil
        case .sector: .sector
        case .behindFirmware: .firmware
        }
    }

    /// What it is started with.
    var bootOptions: BootOptions {
        var options = BootOptions()
        if boot == .flat { options.address = loadAddress }
        options.mode =
            switch boot {
            case .flatProtected: .protected
            case .flatLong: .long
            default: .real
            }
        options.commandLine = append ?? unikernel?.arguments ?? ""
        options.initialRAMDisk = initialRAMDisk.map { Array($0.utf8) }
        if let module {
            let bytes = Array(module.content.utf8)
            options.modules = [BootModule(name: "module", arguments: module.arguments, bytes: bytes)]
        }
        return options
    }

    /// Adds its disk, what is typed on its console, and whether its screen is read.
    func connect(to setup: inout RunSetup, in directory: borrowing TemporaryDirectory) throws {
        if let diskBytes {
            let file = try FileImage(directory.write(diskBytes, to: "disk"), forWriting: false)
            setup.drives = [Drive(disk: Disk(file), interface: drive == .virtio ? .virtio : .ide)]
        }
        if let packets {
            setup.network = HostInterface(
                address: [2, 0, 0, 0, 0, 1],
                link: try ScriptedPeer.link(saying: packets)
            )
        }
        setup.script = try inputScript.map(InputScript.init)
        setup.showsScreen = screen != nil
    }
}
