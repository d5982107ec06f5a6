import EndToEnd
import Foundation
import Testing

/// What `rr-vm doctor` prints of a host that can record.
@Suite(.needsKVM, .serialized) struct DoctorTests {
    @Test(arguments: [[], ["--verbose"]])
    func reportForPeopleEndsWithTheVerdict(options: [String]) throws {
        let directory = try TemporaryDirectory()

        let result = try Command(["doctor"] + options, in: directory).wait()

        #expect(result.status == 0, "\(result.messages)")
        #expect(result.messages.isEmpty)
        for heading in ["processor", "capabilities: ", "single step", "RDTSC traps", "port exit", "verdict"] {
            #expect(result.output.contains(heading), "\(heading)")
        }
        #expect(try #require(result.output.split(separator: "verdict\n").last).hasPrefix("- Recording: possible in "))
    }

    @Test func JSONIsOneObjectWithTheVerdict() throws {
        let result = try Command.run("doctor", "--json", in: TemporaryDirectory())

        let object = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        #expect(result.status == 0, "\(result.messages)")
        #expect(object["format"] as? Int == 1)
        #expect(object["apiVersion"] as? Int == 12)
        #expect(object["canRecord"] as? Bool == true)
        #expect((object["recordableModes"] as? [String])?.contains("real") == true)
        #expect((object["verdict"] as? [String])?.first?.hasPrefix("Recording: possible in ") == true)
    }

    @Test func reportThatCannotBeWrittenIsAnError() throws {
        let result = try Command.shell("\"$0\" doctor >/dev/full", in: TemporaryDirectory())

        #expect(result.status == 74, "\(result)")
    }
}
