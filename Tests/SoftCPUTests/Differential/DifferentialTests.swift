import CZydis
import Foundation
import Testing

@testable import SoftCPU

@Suite("Software against the processor of this machine", .serialized)
struct DifferentialTests {
    private static let catalog = FormCatalog()
    private static let inScope = catalog.forms.filter { $0.scope == .compared }

    @Test(
        "random instructions of every form leave the same registers, flags, memory and faults",
        .enabled(if: NativeCode.isAvailable)
    )
    func randomInstructions() throws {
        var run = DifferentialRun(forms: Self.inScope, seed: 1)

        run.compare(Self.count)

        for (form, differences) in run.differences.sorted(by: { $0.key < $1.key }) {
            Issue.record("\(form): \(differences.joined(separator: "\n"))")
        }
        let rare = run.counts.filter { $0.value < Self.count / Self.inScope.count * 9 / 10 }
        #expect(rare.keys.sorted() == [])
        try Self.report(run.counts)
    }

    @Test("no form is missing")
    func missingForms() {
        let missing = Self.inScope.filter { !Self.isThere($0) }

        #expect(Set(missing.map(\.mnemonic)).sorted() == [])
    }

    /// Whether software executes a form, or raises #UD as it must. CMPSD of SSE, which shares its mnemonic with a string
    /// instruction, comes with its like for singles.
    private static func isThere(_ form: InstructionForm) -> Bool {
        let table = InstructionTable.standard
        return switch form.mnemonic {
        case "cmpsd(sse)": table[ZYDIS_MNEMONIC_CMPSS] != nil
        case "ud0", "ud1", "ud2", "rsm", "monitor", "mwait", "movsd(sse)": true
        default: table.mnemonics.contains { unsafe String(cString: ZydisMnemonicGetString($0)) == form.mnemonic }
        }
    }

    /// How often each form was compared, in the file that RR_VM_FORM_REPORT names.
    private static func report(_ counts: [String: Int]) throws {
        guard let path = ProcessInfo.processInfo.environment["RR_VM_FORM_REPORT"] else { return }
        let lines = counts.sorted { $0.key < $1.key }.map { "\($0.value)\t\($0.key)\n" }
        try lines.joined().write(toFile: path, atomically: true, encoding: .utf8)
    }

    private static let count =
        ProcessInfo.processInfo.environment["RR_VM_SLOW_TESTS"] == nil ? 1_000_000 : 10_000_000
}
