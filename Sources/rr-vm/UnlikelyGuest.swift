import SystemPackage
import TraceFormat

/// What somebody may name as a guest by mistake.
enum UnlikelyGuest {
    case trace
    case hostProgram
    case text
    case diskFormat(String)
    case compressed(String)

    /// How much of a file must look like text.
    private static let examined = 4096

    /// What a file looks like that is no guest; nil if it may be one.
    init?(_ bytes: [UInt8]) {
        if bytes.starts(with: TraceReader.magic) {
            self = .trace
        } else if let format = Self.formats.first(where: { bytes.starts(with: $0.magic) }) {
            self = format.kind
        } else if Self.asksForInterpreter(bytes) {
            self = .hostProgram
        } else if Self.isText(bytes.prefix(Self.examined)) {
            self = .text
        } else {
            return nil
        }
    }

    private static let formats: [(magic: [UInt8], kind: UnlikelyGuest)] = [
        (Array("QFI".utf8) + [0xFB], .diskFormat("qcow2")), (Array("KDMV".utf8), .diskFormat("vmdk")),
        ([0x1F, 0x8B], .compressed("gzip")), ([0xFD, 0x37, 0x7A, 0x58, 0x5A], .compressed("xz")),
        ([0x28, 0xB5, 0x2F, 0xFD], .compressed("zstd")), (Array("BZh".utf8), .compressed("bzip2")),
    ]

    /// Why the file is refused, and what was probably meant.
    func refusal(of path: FilePath) -> String {
        switch self {
        case .trace: "\(path) is a trace and not a guest: 'rr-vm replay \(path)' replays it"
        case .hostProgram:
            "\(path) is a program of this host and not a guest: it needs a kernel to run under, such as a Linux kernel with "
                + "the program in its --initrd"
        case .text:
            "\(path) is text and not a guest: assemble or compile it first, or load it as it is with --boot flat"
        case .diskFormat(let name):
            "\(path) is a \(name) image: 'qemu-img convert -O raw \(path) disk.img' makes a raw one, for --drive disk.img"
        case .compressed(let name): "\(path) is compressed with \(name): decompress it first"
        }
    }

    /// Whether an ELF file names a program that loads it (PT_INTERP), as only programs of an operating system do.
    private static func asksForInterpreter(_ bytes: [UInt8]) -> Bool {
        let (interpreter, elf64): (UInt64, UInt8) = (3, 2)
        guard bytes.count >= 64, bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46]) else { return false }
        let isLong = bytes[4] == elf64
        let start = number(bytes, at: isLong ? 0x20 : 0x1C, count: isLong ? 8 : 4)
        let size = number(bytes, at: isLong ? 0x36 : 0x2A, count: 2)
        let count = number(bytes, at: isLong ? 0x38 : 0x2C, count: 2)
        guard start <= UInt64(bytes.count) else { return false }
        return (0..<count).contains { index in
            let place = start + index * size
            return place + 4 <= UInt64(bytes.count) && number(bytes, at: Int(place), count: 4) == interpreter
        }
    }

    private static func number(_ bytes: [UInt8], at place: Int, count: Int) -> UInt64 {
        bytes[place..<place + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Whether bytes are lines of printable characters, which no processor's code is.
    private static func isText(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.contains(UInt8(ascii: "\n"))
            && bytes.allSatisfy { (0x20..<0x7F).contains($0) || $0 >= 0x80 || [0x09, 0x0A, 0x0D].contains($0) }
            && bytes.count { $0 >= 0x80 } * 8 < bytes.count
    }
}
