import Foundation
import GuestImages
import Machine
public import Recorder
import SystemPackage

extension TestGuest {
    /// What a unikernel is run with; nil for other guests.
    var unikernel: Guest.Unikernel? {
        guard case .own(let guest) = source else { return nil }
        return guest.unikernel
    }

    /// The devices as the guest sees them.
    var attachments: [UnikernelDevice] {
        guard let unikernel else { return [] }
        let block = unikernel.blockDevice.map { name in
            UnikernelDevice(name: name, kind: .block(capacity: UInt64(unikernel.blockDeviceSize), blockSize: 512))
        }
        let interface = unikernel.interface.map { name in
            UnikernelDevice(name: name, kind: .network(address: [2, 0, 0, 0, 0, 1], mtu: 1500))
        }
        return [block, interface].compactMap(\.self)
    }

    /// A unikernel's devices in one run: a new file, and a new peer that talks first.
    public func unikernelSetup() throws -> UnikernelSetup {
        var setup = UnikernelSetup()
        guard let unikernel else { return setup }
        if let name = unikernel.blockDevice {
            let directory = try TemporaryDirectory()
            let path = try directory.write(unikernel.blockDeviceContent, to: "disk")
            setup.disks[name] = Disk(try FileImage(path, forWriting: false))
        }
        if let name = unikernel.interface {
            setup.links[name] = try ScriptedPeer.link(saying: unikernel.packets)
        }
        return setup
    }
}
