public import TraceFormat
internal import X86

/// The ELF note in which a running Linux kernel keeps what a debugger must know of it to read a dump: its version, where KASLR
/// put it, and where its structures are (`vmcoreinfo_note`; Linux, Documentation/admin-guide/kdump/vmcoreinfo.rst).
public struct LinuxCrashNote {
    /// The note, header included, padded to whole words.
    public let bytes: [UInt8]

    private static let header = 24
    private static let name = Array("VMCOREINFO\0".utf8)
    private static let firstWords = Array("OSRELEASE=".utf8)
    /// The kernel gives the text one page.
    private static let longestText = 4096

    /// Looks for the note at the beginning of each page of memory; nil if there is none.
    public init?(in view: inout some MachineView, regions: [TraceHeader.MemoryRegion]) throws(TraceError) {
        for region in regions {
            for place in stride(from: region.address.rawValue, to: region.address.rawValue + region.size, by: 4096) {
                if let bytes = try Self.note(at: GuestPhysicalAddress(place), in: &view) {
                    self.bytes = bytes
                    return
                }
            }
        }
        return nil
    }

    /// The number that a line such as `KERNELOFFSET=1e000000` gives, which is hexadecimal.
    public func number(_ key: String) -> UInt64? { number(key, radix: 16) }

    /// The number that a line such as `SIZE(page)=64` gives, which is decimal.
    func decimal(_ key: String) -> UInt64? { number(key, radix: 10) }

    private func number(_ key: String, radix: Int) -> UInt64? {
        let text = String(decoding: bytes[Self.header...].prefix { $0 != 0 }, as: UTF8.self)
        let line = text.split(separator: "\n").first { $0.hasPrefix(key + "=") }
        return line.flatMap { UInt64($0.dropFirst(key.count + 1), radix: radix) }
    }

    private static func note(
        at address: GuestPhysicalAddress,
        in view: inout some MachineView
    ) throws(TraceError) -> [UInt8]? {
        guard let start = try view.read(address, count: header + firstWords.count) else { return nil }
        let lengths = [start[0..<4], start[4..<8], start[8..<12]].map { Array($0).littleEndian }
        guard lengths[0] == name.count, (1...UInt64(longestText)).contains(lengths[1]), lengths[2] == 0,
            Array(start[12..<12 + name.count]) == name, Array(start[header...]) == firstWords
        else { return nil }
        // A region's last page may be too short for what the header says.
        return try view.read(address, count: header + (Int(lengths[1]) + 3) / 4 * 4)
    }
}
