import GuestImages
import KVMEngine

/// What guests need of their host, found by probing it.
enum HostNeeds {
    /// The report on this host; nil without KVM.
    private static let report = try? HostProbe.run()

    /// Whether this host's KVM can run a guest. True without KVM: the tests that need it say so themselves.
    static func areMet(by guest: TestGuest) -> Bool {
        guard case .own(let own) = guest.source, let need = own.need, let report else { return true }
        switch need {
        case .paging32: return report.features[.paging32]?.verdict != .fails
        case .systemCalls: return report.features[.systemCall]?.verdict != .fails
        case .everyInstruction: return report.instructions.allSatisfy { $0.outcome != .notEmulated }
        }
    }
}
