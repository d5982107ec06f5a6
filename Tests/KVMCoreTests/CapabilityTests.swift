import Foundation
import KVMCore
import Testing

@Suite struct CapabilityTests {
    static let header = "/usr/include/linux/kvm.h"

    @Test(.enabled("needs \(header)") { FileManager.default.fileExists(atPath: header) })
    func everyCapabilityOfTheInstalledHeaderHasItsName() throws {
        let text = try String(contentsOfFile: Self.header, encoding: .utf8)
        let defined = text.matches(of: /(?m)^#define (KVM_CAP_[A-Z0-9_]+)[ \t]+([0-9]+)/)
        #expect(defined.count > 100)
        for match in defined {
            let capability = Capability(rawValue: try #require(UInt32(match.output.2)))
            #expect(capability.name == match.output.1)
            #expect(Capability.all.contains(capability))
        }
    }

    @Test func noTwoNamesShareANumber() {
        #expect(Set(Capability.all).count == Capability.all.count)
        #expect(Set(Capability.all.map(\.name)).count == Capability.all.count)
    }
}
