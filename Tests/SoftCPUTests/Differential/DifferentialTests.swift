import Testing

@testable import SoftCPU

@Suite("Software against the processor of this machine", .serialized)
struct DifferentialTests {
    @Test(
        "random instructions leave the same registers, flags, memory and faults",
        .enabled(if: NativeCode.isAvailable)
    )
    func randomInstructions() {
        var run = DifferentialRun(seed: 1)

        run.compare(Self.count)

        for (form, differences) in run.differences.sorted(by: { $0.key < $1.key }) {
            Issue.record("\(form): \(differences.joined(separator: "\n"))")
        }
    }

    private static let count = 20_000
}
