import EngineTesting
import SystemPackage
import Testing

/// Ends this case of a test as skipped, and says why.
///
/// - Parameter name: what is not checked, and on which engine.
func skipCase(_ name: String, _ lack: HostLack) throws {
    // Swift Testing reports a test that is skipped, and says nothing of a case that is: this is its line, which Scripts/test.sh
    // counts.
    _ = try FileDescriptor.standardError.writeAll("➜ Test \(name) skipped: \"\(lack.reason)\"\n".utf8)
    #if compiler(>=6.3)
    // Swift 6.2 knows no such thing; there it just ends.
    try Test.cancel(Comment(rawValue: lack.reason))
    #endif
}
