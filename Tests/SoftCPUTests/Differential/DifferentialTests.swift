import CNativeCPU
import Testing

@testable import SoftCPU

@Suite("Software against the processor of this machine", .serialized)
struct DifferentialTests {
    @Test("random instructions leave the same registers, flags, memory and faults", .enabled(if: Self.isNative))
    func randomInstructions() throws {
        try #require(native_open() == 0)
        defer { native_close() }
        var run = DifferentialRun(seed: 1)

        run.compare(Self.count)

        for (form, differences) in run.differences.sorted(by: { $0.key < $1.key }) {
            Issue.record("\(form): \(differences.joined(separator: "\n"))")
        }
    }

    private static let count = 20_000

    /// Undefined results are this maker's alone.
    static var isNative: Bool {
        #if arch(x86_64)
        true
        #else
        false
        #endif
    }
}
