import ByteCoding
import Engine
internal import GuestMemory
import X86

/// Multiboot 2 (Multiboot2 Specification 2.0).
enum Multiboot2Loader {
    /// The value of EAX when the program is entered.
    private static let bootMagic: UInt64 = 0x36D7_6289

    /// The kinds of information that are given.
    private enum Tag: UInt32 {
        case end = 0
        case commandLine = 1
        case loaderName = 2
        case module = 3
        case memory = 4
        case memoryMap = 6
        case framebuffer = 8
        case sections = 9
        case firstACPIPointer = 14
        case acpiPointer = 15
    }

    static func load(_ bytes: [UInt8], _ options: BootOptions, _ map: MemoryMap) throws(MachineError) -> BootImage {
        let file = ImageReader(bytes, what: "guest")
        let header = try Multiboot2Header(file)
        guard header.addresses == nil || header.entry != nil else {
            throw .malformed("multiboot 2 header", "it has load addresses but no entry address")
        }
        var plan = MemoryPlan(map)
        let program = try MultibootProgram(
            file,
            addresses: header.addresses,
            entry: header.entry,
            modules: options.modules,
            plan: &plan
        )
        let sections = try program.sectionHeaders(plan: &plan)
        let information = try information(program, sections, options, map)
        let address = try plan.place(information, alignment: 8, .conventional, what: "multiboot information")
        var state = ProcessorState.protectedMode(entry: program.entry)
        state[.rax] = bootMagic
        state[.rbx] = address
        return BootImage(contents: plan.contents, zeros: plan.zeros, state: state, symbols: program.symbols)
    }

    /// The information structure (3.6): its size, a reserved word, and tags, each at a multiple of 8.
    private static func information(
        _ program: MultibootProgram,
        _ sections: [UInt8]?,
        _ options: BootOptions,
        _ map: MemoryMap
    ) throws(MachineError) -> [UInt8] {
        var tags = ByteWriter()
        write(.commandLine, try BootOptions.terminated(options.commandLine), to: &tags)
        write(.loaderName, Array("rr-vm\0".utf8), to: &tags)
        for module in program.modules {
            var body = ByteWriter()
            body.write(module.start)
            body.write(module.end)
            body.write(bytes: try BootOptions.terminated(module.module.arguments))
            write(.module, body.bytes, to: &tags)
        }
        var memory = ByteWriter()
        memory.write(map.lowerKiB)
        memory.write(map.upperKiB)
        write(.memory, memory.bytes, to: &tags)
        write(.memoryMap, memoryMap(map), to: &tags)
        var screen = ByteWriter()
        TextFramebuffer.write(to: &screen)
        screen.write(UInt16(0))
        write(.framebuffer, screen.bytes, to: &tags)
        if let sections, let elf = program.elf {
            var body = ByteWriter()
            body.write(UInt32(elf.sections.count))
            body.write(UInt32(elf.is64Bit ? 64 : 40))
            body.write(UInt32(elf.sectionNamesIndex))
            body.write(bytes: sections)
            write(.sections, body.bytes, to: &tags)
        }
        let tables = ACPITables()
        write(.firstACPIPointer, tables.firstPointer, to: &tags)
        write(.acpiPointer, tables.pointer, to: &tags)
        write(.end, [], to: &tags)
        var writer = ByteWriter()
        writer.write(UInt32(8 + tags.bytes.count))
        writer.write(UInt32(0))
        writer.write(bytes: tags.bytes)
        return writer.bytes
    }

    private static func memoryMap(_ map: MemoryMap) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(UInt32(24))  // bytes of an entry
        writer.write(UInt32(0))  // version of an entry
        for entry in map.entries {
            writer.write(entry.start)
            writer.write(entry.size)
            writer.write(entry.kind.rawValue)
            writer.write(UInt32(0))
        }
        return writer.bytes
    }

    private static func write(_ tag: Tag, _ body: [UInt8], to writer: inout ByteWriter) {
        writer.write(tag.rawValue)
        writer.write(UInt32(8 + body.count))
        writer.write(bytes: body)
        writer.write(bytes: [UInt8](repeating: 0, count: -body.count & 7))
    }
}
