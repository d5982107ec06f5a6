internal import CDwarf
internal import TraceFormat

/// libdw's handles of one program, which end with this value. libdw is not thread-safe: one thread at a time may use them.
@safe
struct DebugLibrary: ~Copyable, @unchecked Sendable {
    private let session: OpaquePointer
    private let module: OpaquePointer
    /// What libdw adds to the file's addresses.
    private let bias: UInt64
    /// Which addresses each compilation unit has, by rising address, for a file without a table of that, as clang writes it; nil
    /// until somebody asks.
    private var units: [Unit]?

    /// A stretch of code and the unit that it was compiled in. The addresses are libdw's.
    @safe
    private struct Unit {
        var start: UInt64
        var end: UInt64
        let die: UnsafeMutablePointer<Dwarf_Die>
    }

    /// Takes an open session with one module.
    init(session: OpaquePointer, module: OpaquePointer, bias: UInt64) {
        unsafe self.session = session
        unsafe self.module = module
        self.bias = bias
    }

    deinit {
        // SAFETY: the session is this value's, and nothing uses it any more.
        unsafe dwfl_end(session)
    }

    /// The source line of the instruction at an address of the file; nil if the debug information does not say.
    mutating func sourceLine(of address: UInt64) -> SourceLine? {
        let place = address &+ bias
        var moved: Dwarf_Addr = 0
        // SAFETY: the handles are the session's, which is open, and the calls fill the numbers that they are given.
        guard let unit = unsafe dwfl_module_addrdie(module, place, &moved) ?? listedUnit(at: place) else { return nil }
        _ = unsafe dwfl_module_getdwarf(module, &moved)
        var number: CInt = 0
        guard let line = unsafe dwarf_getsrc_die(unit, place &- moved), unsafe dwarf_lineno(line, &number) == 0,
            number > 0,
            let name = unsafe dwarf_linesrc(line, nil, nil)
        else { return nil }
        let file = unsafe String(cString: name)
        var attribute = unsafe Dwarf_Attribute()
        let directory = unsafe dwarf_attr(unit, UInt32(DW_AT_comp_dir), &attribute).flatMap {
            unsafe dwarf_formstring($0)
        }
        let prefix = unsafe directory.map { unsafe String(cString: $0) + "/" } ?? ""
        let isInside = prefix.count > 1 && file.hasPrefix(prefix)
        return SourceLine(file: isInside ? String(file.dropFirst(prefix.count)) : file, line: Int(number))
    }

    /// The unit of an address in a file without a table.
    private mutating func listedUnit(at place: UInt64) -> UnsafeMutablePointer<Dwarf_Die>? {
        let units = units ?? readUnits()
        self.units = units
        var (low, high) = (0, units.count)
        while low < high {
            let middle = (low + high) / 2
            if units[middle].start <= place { low = middle + 1 } else { high = middle }
        }
        guard low > 0, place < units[low - 1].end else { return nil }
        return unsafe units[low - 1].die
    }

    /// Reads the stretches of all units; none for a file with a table, which costs nothing to ask.
    private func readUnits() -> [Unit] {
        var units: [Unit] = []
        var moved: Dwarf_Addr = 0
        // SAFETY: the calls take and give the session's own handles, and fill the numbers that they are given.
        guard let information = unsafe dwfl_module_getdwarf(module, &moved) else { return [] }
        var (table, count): (OpaquePointer?, Int) = (nil, 0)
        guard unsafe dwarf_getaranges(information, &table, &count) != 0 || count == 0 else { return [] }
        var next = unsafe dwfl_module_nextcu(module, nil, &moved)
        while let die = unsafe next {
            var (base, start, end): (Dwarf_Addr, Dwarf_Addr, Dwarf_Addr) = (0, 0, 0)
            var place = 0
            while true {
                place = unsafe dwarf_ranges(die, place, &base, &start, &end)
                guard place > 0 else { break }
                if start < end { units.append(unsafe Unit(start: start &+ moved, end: end &+ moved, die: die)) }
            }
            unsafe next = dwfl_module_nextcu(module, die, &moved)
        }
        return units.sorted { $0.start < $1.start }
    }
}
