import ByteCoding
import Platform
import Testing
import X86

/// The words in which calls are told.
@Suite struct HypercallTests {
    @Test(arguments: Hypercall.allCases)
    func portSaysTheCall(call: Hypercall) {
        #expect(Hypercall(call.port) == call)
    }

    @Test(arguments: [0x4FF, 0x500, 0x509, 0, 0xFFFF] as [UInt16])
    func otherPortsAreNoCalls(port: UInt16) {
        #expect(Hypercall(Port(port)) == nil)
    }

    private static let numbers: [UInt8] = (1...4).flatMap { [UInt8($0), 0, 0, 0, 0, 0, 0, 0] }

    @Test(
        arguments: [
            (.walltime, "walltime()"), (.puts, "puts(data 0x1, len 2)"), (.poll, "poll(timeout_nsecs 1)"),
            (.blockWrite, "block_write(handle 1, offset 0x2, data 0x3, len 4)"),
            (.blockRead, "block_read(handle 1, offset 0x2, data 0x3, len 4)"),
            (.netWrite, "net_write(handle 1, data 0x2, len 3)"), (.netRead, "net_read(handle 1, data 0x2, len 3)"),
            (.halt, "halt(cookie 0x1, exit_status 2)"),
        ] as [(Hypercall, String)]
    )
    func argumentsAreNamedAsInTheABI(call: Hypercall, text: String) throws {
        let arguments = try HypercallArguments(of: call, Array(Self.numbers.prefix(call.argumentSize)))

        #expect("\(arguments)" == text)
        #expect(arguments.call == call)
    }

    @Test(arguments: Hypercall.allCases)
    func argumentsOfAnotherSizeAreRefused(call: Hypercall) {
        let bytes = [UInt8](repeating: 0, count: call.argumentSize + 1)

        #expect(throws: ByteCodingError.self) { try HypercallArguments(of: call, bytes) }
        #expect(throws: ByteCodingError.self) {
            try HypercallArguments(of: call, Array(bytes.dropLast(call.argumentSize == 0 ? 0 : 2)))
        }
    }
}
