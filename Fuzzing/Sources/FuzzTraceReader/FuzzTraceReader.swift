import SystemPackage

@testable import TraceFormat

/// Takes the input for a trace file and reads all of it. The first byte says how the rest becomes a file: see
/// ``InputForm``. A trap, an endless loop and a huge allocation are the findings; errors are not.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTraceReader(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = [UInt8](UnsafeBufferPointer(start: start, count: count))
    guard let first = input.first, let form = InputForm(rawValue: first % 3) else { return 0 }
    let file = ScratchFile.shared
    do {
        try file.replace(with: form.file(Array(input.dropFirst())))
        let reader = try TraceReader(path: file.path)
        readAll(reader)
        try reader.scanned().check()
    } catch {
        // What is refused is refused.
    }
    return 0
}

/// Reads what there is, and goes on where one thing cannot be read.
func readAll(_ reader: TraceReader) {
    try? reader.check()
    _ = try? reader.symbols()
    _ = (try? TraceInfo(reader, countsKinds: true))?.json
    var cursor = reader.events()
    while let event = try? cursor.next() { _ = event.json }
    _ = try? cursor.next()
    for number in 0..<min(reader.keyframeCount, 20) {
        guard var keyframe = try? reader.keyframe(number) else { continue }
        try? keyframe.memory.forEachPage { _, _ in }
        for address in keyframe.changedPages.prefix(20) { _ = try? keyframe.memory.page(at: address) }
        _ = try? keyframe.memory.pages(thatMayDifferFrom: nil)
    }
    _ = try? reader.refreshed()
    for spacing in [nil, KeyframeSpacing(milliseconds: nil, events: 1000)] {
        let options = TraceCopyOptions(spacing: spacing, keepsUpToFault: spacing == nil)
        guard var copier = try? TraceCopier(reader, MeasuringSink(limit: 64 << 20), options) else { continue }
        _ = try? copier.run { $0 }
    }
}
