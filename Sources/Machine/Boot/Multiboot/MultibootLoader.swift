import ByteCoding
import Engine
import X86

/// Multiboot 1 (Multiboot Specification 0.6.96).
enum MultibootLoader {
    /// The value of EAX when the program is entered.
    private static let bootMagic: UInt64 = 0x2BAD_B002
    private static let loaderName = Array("rr-vm\0".utf8)

    /// Which fields of the information structure are valid.
    private enum Present {
        static let memory: UInt32 = 1 << 0
        static let commandLine: UInt32 = 1 << 2
        static let modules: UInt32 = 1 << 3
        static let sections: UInt32 = 1 << 5
        static let memoryMap: UInt32 = 1 << 6
        static let loaderName: UInt32 = 1 << 9
        static let framebuffer: UInt32 = 1 << 12
    }

    static func load(_ bytes: [UInt8], _ options: BootOptions, _ map: MemoryMap) throws(MachineError) -> BootImage {
        let file = ImageReader(bytes, what: "guest")
        let header = try MultibootHeader(file)
        var plan = MemoryPlan(map)
        let program = try MultibootProgram(
            file,
            addresses: header.addresses,
            entry: nil,
            modules: options.modules,
            plan: &plan
        )
        let information = try placeInformation(program, options, &plan)
        var state = ProcessorState.protectedMode(entry: program.entry)
        state[.rax] = bootMagic
        state[.rbx] = UInt64(information)
        return BootImage(contents: plan.contents, zeros: plan.zeros, state: state, symbols: program.symbols)
    }

    /// The information structure (3.3): its fixed part, and what it points to.
    private static func placeInformation(
        _ program: MultibootProgram,
        _ options: BootOptions,
        _ plan: inout MemoryPlan
    ) throws(MachineError) -> UInt32 {
        let sections = try program.sectionHeaders(plan: &plan)
        let sectionTable = try sections.map { bytes throws(MachineError) in try place(bytes, &plan, "section headers") }
        let line = try options.multibootLine(name: options.name, arguments: options.commandLine)
        let commandLine = try place(line, &plan, "command line")
        let modules = try place(moduleList(program, options, &plan), &plan, "module list")
        let map = memoryMap(plan.map)
        let mapAddress = try place(map, &plan, "memory map")
        let name = try place(loaderName, &plan, "loader name")

        var present = Present.memory | Present.commandLine | Present.modules | Present.memoryMap | Present.loaderName
        present |= Present.framebuffer
        if sections != nil { present |= Present.sections }
        var writer = ByteWriter()
        writer.write(present)
        writer.write(plan.map.lowerKiB)
        writer.write(plan.map.upperKiB)
        writer.write(UInt32(0))  // boot device
        writer.write(commandLine)
        writer.write(UInt32(program.modules.count))
        writer.write(modules)
        writer.write(UInt32(program.elf?.sections.count ?? 0))
        writer.write(UInt32(program.elf?.is64Bit == true ? 64 : 40))
        writer.write(sectionTable ?? 0)
        writer.write(UInt32(program.elf?.sectionNamesIndex ?? 0))
        writer.write(UInt32(map.count))
        writer.write(mapAddress)
        writer.write(bytes: [UInt8](repeating: 0, count: 12))  // drives, configuration table
        writer.write(name)
        writer.write(bytes: [UInt8](repeating: 0, count: 20))  // APM table, VBE
        TextFramebuffer.write(to: &writer)
        writer.write(bytes: [UInt8](repeating: 0, count: 6))  // colours: text has none
        return try place(writer.bytes, &plan, "multiboot information")
    }

    private static func moduleList(
        _ program: MultibootProgram,
        _ options: BootOptions,
        _ plan: inout MemoryPlan
    ) throws(MachineError) -> [UInt8] {
        var writer = ByteWriter()
        for module in program.modules {
            let line = try options.multibootLine(name: module.module.name, arguments: module.module.arguments)
            writer.write(module.start)
            writer.write(module.end)
            writer.write(try place(line, &plan, "module command line"))
            writer.write(UInt32(0))
        }
        return writer.bytes
    }

    /// Each entry begins with its size, which does not count the size field itself.
    private static func memoryMap(_ map: MemoryMap) -> [UInt8] {
        var writer = ByteWriter()
        for entry in map.entries {
            writer.write(UInt32(20))
            writer.write(entry.start)
            writer.write(entry.size)
            writer.write(entry.kind.rawValue)
        }
        return writer.bytes
    }

    private static func place(
        _ bytes: [UInt8],
        _ plan: inout MemoryPlan,
        _ what: String
    ) throws(MachineError) -> UInt32 {
        UInt32(try plan.place(bytes, alignment: 8, .conventional, what: what))
    }
}

extension BootOptions {
    /// A command line as QEMU passes it to Multiboot 1 guests: the file's name, then the arguments; it ends with a
    /// zero.
    func multibootLine(name: String, arguments: String) throws(MachineError) -> [UInt8] {
        try Self.terminated(arguments.isEmpty ? name : "\(name) \(arguments)")
    }

    /// A text with a zero at its end, as guests expect it.
    static func terminated(_ text: String) throws(MachineError) -> [UInt8] {
        guard text.utf8.count < commandLineLimit else {
            throw .misusedOption(
                "--append",
                "the command line has \(text.utf8.count) bytes; the limit is \(commandLineLimit - 1)"
            )
        }
        return Array(text.utf8) + [0]
    }
}

/// The VGA's text screen, as both multiboot versions describe a framebuffer.
enum TextFramebuffer {
    static func write(to writer: inout ByteWriter) {
        writer.write(UInt64(0xB_8000))  // address
        writer.write(UInt32(160))  // bytes of a line
        writer.write(UInt32(80))  // columns
        writer.write(UInt32(25))  // lines
        writer.write(UInt8(16))  // bits of a character
        writer.write(UInt8(2))  // text
    }
}
