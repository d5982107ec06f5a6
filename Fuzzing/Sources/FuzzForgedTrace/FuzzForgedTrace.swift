import SystemPackage

@testable import TraceFormat

/// Takes the input for the description of a trace whose checksums are all right, and does with the trace what the commands do
/// that read one. A trap, an endless loop and a huge allocation are the findings; errors are not.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzForgedTrace(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    var description = Description(UnsafeBufferPointer(start: start, count: min(count, 4096)))
    let file = ScratchFile.shared
    do {
        var forgery = try Forgery(&description)
        try file.replace(with: forgery.file(&description))
        var reader = try TraceReader(path: file.path)
        reader.memoryLimit = 64 << 20
        let commands = Commands(reader: reader, choice: description.byte())
        commands.readAll()
        commands.compareAll()
        commands.replayAll()
    } catch {
        // What is refused is refused.
    }
    return 0
}
