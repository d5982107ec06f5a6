import EndToEnd
import Foundation
import GuestImages
import SystemPackage
import TraceFormat

extension TemporaryDirectory {
    /// Writes the image of a guest of this package, as NAME.bin.
    func add(_ guest: String) throws {
        try write(Guest.named(guest).image, to: guest + ".bin")
    }

    /// Copies a trace that comes with the project, under its name there.
    func addCommittedTrace(_ name: String) throws {
        let trace = Checkout.root.appending("traces").appending(name)
        try write([UInt8](Data(contentsOf: URL(filePath: trace.string))), to: name)
    }

    /// Records a guest of this package with `rr-vm`, as trace.rrvm.
    func record(_ guest: String, _ options: String...) throws {
        try add(guest)
        let command = ["record", guest + ".bin", "--flat", "--memory", "16M", "-o", "trace.rrvm"] + options
        _ = try Command(command, in: self).wait()
    }

    /// Copies trace.rrvm with changes.
    func change(_ name: String, _ change: (inout TraceChanges) -> Void) throws {
        var changes = TraceChanges()
        change(&changes)
        _ = try TraceReader(path: file("trace.rrvm")).copy(to: file(name), changes: changes)
    }
}
