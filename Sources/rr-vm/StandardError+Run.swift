import Recorder
import Reports
import SystemPackage

extension StandardError {
    /// Prints what else there is to know about a run: the guest's fault, its core file, its resets, and the
    /// instructions that were completed for this host.
    static func write(notesOn summary: RunSummary) {
        if let fault = summary.fault { print("\(fault)") }
        switch summary.core {
        case .success(let path)?: write("rr-vm: the guest's core is in \(path)")
        case .failure(let error)?: write("rr-vm: no core file: \(error)")
        case nil: break
        }
        if summary.resets > 0 {
            write(
                "rr-vm: the machine was reset \(Quantity.count(summary.resets)) \(summary.resets == 1 ? "time" : "times")"
            )
        }
        if summary.isLinkClosed { write("rr-vm: the other end of the network has hung up before the end") }
        write(trappedIn: summary)
        guard !summary.completedInstructions.isEmpty else { return }
        let counts = Quantity.counts(summary.completedInstructionsByName)
        write("rr-vm: completed instructions that this host cannot execute: \(counts)")
    }

    /// Says how many instructions that read time or randomness were trapped, if any were.
    private static func write(trappedIn summary: RunSummary) {
        let loaded = summary.trapped.loaded.isEmpty ? nil : Quantity.trapped(summary.trapped.loaded)
        let found = UInt64(summary.trapped.found)
        let later = found == 0 ? nil : "\(Quantity.count(found)) in code that came later"
        let parts = [loaded, later].compactMap(\.self)
        guard !parts.isEmpty else { return }
        write("rr-vm: trapped: \(parts.joined(separator: ", "))")
    }
}
