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

    /// The devices as the guest is told of them.
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

    /// What is behind a unikernel's devices in one run: a file of its own, and a peer of its own that talks first.
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

    /// Writes the guest and what is behind its devices where ``options`` look for them: `guest`, `disk` and `packets`.
    public func writeFiles(into directory: borrowing TemporaryDirectory) throws {
        try directory.write(bytes(), to: "guest")
        guard let unikernel else { return }
        if unikernel.blockDevice != nil { try directory.write(unikernel.blockDeviceContent, to: "disk") }
        if unikernel.interface != nil { try directory.write(Capture.bytes(of: unikernel.packets), to: "packets") }
    }
}

extension Guest.Unikernel {
    /// Something else in every block.
    fileprivate var blockDeviceContent: [UInt8] {
        (0..<blockDeviceSize).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 12) }
    }

    /// The options of `rr-vm record` for the same devices, and the arguments.
    var options: [String] {
        let block = blockDevice.map { ["--block:\($0)=disk"] } ?? []
        let net = interface.map { ["--net:\($0)=pcap-in:packets"] } ?? []
        return block + net + (arguments.isEmpty ? [] : ["--"] + arguments.split(separator: " ").map(String.init))
    }
}
