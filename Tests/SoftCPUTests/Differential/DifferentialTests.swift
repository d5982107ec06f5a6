import CZydis
import Foundation
import Testing

@testable import SoftCPU

@Suite("Software against the processor of this machine", .serialized)
struct DifferentialTests {
    @Test(
        "random instructions of every form leave the same registers, flags, memory and faults",
        .enabled(if: NativeCode.isAvailable),
        arguments: CodeWidth.measured
    )
    func randomInstructions(width: CodeWidth) throws {
        let forms = Self.forms(width)
        let count = width == .bits64 ? Self.count : Self.count / 4
        var run = DifferentialRun(forms: forms, in: width, seed: 1)

        run.compare(count)

        for (form, differences) in run.differences.sorted(by: { $0.key < $1.key }) {
            Issue.record("\(form): \(differences.joined(separator: "\n"))")
        }
        let rare = run.counts.filter { $0.value < count / forms.count * 9 / 10 }
        #expect(rare.keys.sorted() == [])
        if width == .bits64 { try Self.report(run.counts) }
    }

    @Test("no form is missing", arguments: [CodeWidth.bits64, .bits32])
    func missingForms(width: CodeWidth) {
        let missing = Self.forms(width).filter { !Self.isThere($0) }

        #expect(Set(missing.map(\.mnemonic)).sorted() == [])
    }

    /// The forms that are compared.
    private static func forms(_ width: CodeWidth) -> [InstructionForm] {
        FormCatalog(width).forms.filter { $0.scope == .compared }
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
