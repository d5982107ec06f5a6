import EndToEnd
import Testing

/// Which engine answers a question about what KVM recorded, where interrupts came between two exits.
@Suite(.needsKVM) struct SearchEngineTests {
    @Test(arguments: ["tick-nested", "self-trace"])
    func softwareAnswersUnlessItReplaysOtherwise(_ guest: String) throws {
        let directory = try TemporaryDirectory()
        try directory.record(guest)
        let agrees = try Command.run("verify", "trace.rrvm", "--engine", "soft", in: directory).status == 0
        let engine = agrees ? "soft" : "kvm"
        let note = "rr-vm: note: KVM executes the guest, because software replays it otherwise at moment "

        for question in [["last-write", "trace.rrvm", "0x7bf0"], ["inspect", "trace.rrvm", "--at", "-2+1"]] {
            let answer = try Command(question, in: directory).wait()
            let expected = try Command(question + ["--engine", engine], in: directory).wait()
            #expect(answer.output == expected.output)
            #expect(answer.status == expected.status)
            // A look at one moment need not pass the place where software goes another way.
            if agrees || question[0] == "last-write" {
                #expect(answer.messages.contains(note) == !agrees, "\(answer.messages)")
            }
        }
    }
}
