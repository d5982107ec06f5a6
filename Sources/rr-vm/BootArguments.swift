public import ArgumentParser
import Machine
import Platform
import SystemPackage

/// The options that say how a guest is loaded and started.
struct BootArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How to boot: multiboot, multiboot2, linux, pvh, hvt, firmware, sector or flat.",
            discussion: "Without it, the guest's file decides.",
            valueName: "protocol"
        )
    )
    var boot: BootProtocol?

    @Flag(help: "The same as --boot flat.")
    var flat = false

    @Flag(help: "The same as --boot firmware.")
    var bios = false

    @Option(help: "The mode in which a flat guest is entered: real, protected or long.")
    var mode = FlatMode.real

    @Option(
        help: ArgumentHelp(
            "Where a flat guest is loaded and entered.",
            discussion: "Default: 0x7c00 in real mode, 1 MiB in the others.",
            valueName: "address"
        )
    )
    var at: PhysicalAddressArgument?

    @Option(help: ArgumentHelp("The command line of a Linux, PVH or multiboot guest.", valueName: "text"))
    var append = ""

    @Option(help: ArgumentHelp("The initial RAM disk of a Linux or PVH guest.", valueName: "file"))
    var initrd: FilePath?

    @Option(
        help: ArgumentHelp(
            "A module of a multiboot guest; may be given more than once.",
            discussion: "Text after a space is the module's command line.",
            valueName: "file"
        )
    )
    var module: [String] = []

    func validate() throws {
        if [boot != nil, flat, bios].count(where: { $0 }) > 1 {
            throw ValidationError("--boot, --flat and --bios exclude each other: give one")
        }
    }
}

extension BootProtocol: ExpressibleByArgument {}
extension FlatMode: ExpressibleByArgument {}

/// An address in physical memory, decimal or with 0x.
struct PhysicalAddressArgument: RawRepresentable, ExpressibleByArgument {
    var rawValue: UInt64

    init(rawValue: UInt64) { self.rawValue = rawValue }

    init?(argument: String) {
        let isHexadecimal = argument.lowercased().hasPrefix("0x")
        guard let value = UInt64(isHexadecimal ? argument.dropFirst(2) : argument[...], radix: isHexadecimal ? 16 : 10)
        else { return nil }
        rawValue = value
    }
}
