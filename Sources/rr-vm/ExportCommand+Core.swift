import Glibc
import RecordedMachine
import Replayer
import Reports
import SystemPackage
import TraceFormat
import X86

extension ExportCommand {
    /// Writes registers and memory at a moment as an ELF core file.
    func writeCore() throws {
        let trace = try TraceLocation.resolve(file)
        let target = output ?? FilePath((trace.lastComponent?.stem ?? "run") + ".core")
        let reader = try TraceLocation.open(trace, replaying: true, with: options) {
            confinement.keepDirectories(of: [target], machines: engine.choice)
        }
        let moment = try MomentName(at ?? "end").moment(in: reader)
        var view = try engine.view(at: moment, in: reader)
        let regions = reader.header.machine.memory
        let linux = try LinuxCrashNote(in: &view, regions: regions)
        let core = CoreFile(
            view.state,
            regions: regions,
            addresses: phys ? .physical : try view.addresses(),
            notes: linux?.bytes ?? []
        )
        guard let core else {
            throw CommandFailure(
                .unavailable,
                "paging maps the guest's memory in more than \(CoreFile.mostSegments) pieces here, more than a core file can "
                    + "have: use --phys"
            )
        }
        try FileSystem.create(target) { file in
            try core.write(to: file) { try view.read($0, count: PagePieces.pageSize) ?? [] }
        }
        StandardError.write(
            "rr-vm: \(target): registers and memory at moment \(moment)"
                + (linux == nil ? "" : ", with Linux's notes for crash and drgn")
        )
    }
}

extension MachineView {
    /// What the segments of a core have as addresses: those of the guest's paging, or physical ones where it maps nothing.
    fileprivate mutating func addresses() throws -> CoreFile.Addresses {
        let ranges = try mappedRanges()
        return ranges.isEmpty ? .physical : .linear(ranges)
    }
}
