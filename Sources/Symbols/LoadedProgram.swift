public import TraceFormat
public import X86

/// A program's symbols where the guest has them.
public struct LoadedProgram: SourceLines {
    private let file: ProgramFile?
    private let own: [GuestSymbol]
    /// What is added to the file's addresses.
    public var shift: UInt64 = 0

    /// A program's file, at the addresses that it says.
    public init(_ file: ProgramFile) {
        self.file = file
        own = file.symbols
    }

    /// A list of symbols, at the addresses that it says.
    public init(_ symbols: [GuestSymbol]) {
        file = nil
        own = symbols
    }

    /// The names of functions, data and labels.
    public var symbols: [GuestSymbol] {
        own.map { symbol in
            GuestSymbol(
                name: symbol.name,
                address: GuestVirtualAddress(symbol.address.rawValue &+ shift),
                size: symbol.size
            )
        }
    }

    /// The build id, and the guest's address at which the program has it; nil if none is known.
    public var buildID: (bytes: [UInt8], address: GuestVirtualAddress)? {
        file?.buildID.map { ($0.bytes, GuestVirtualAddress($0.address &+ shift)) }
    }

    /// The source line of the instruction at a guest's address; nil if the program does not know it.
    public func sourceLine(of address: GuestVirtualAddress) -> SourceLine? {
        file?.sourceLine(of: address.rawValue &- shift)
    }
}

extension [LoadedProgram] {
    /// The source lines that any of the programs knows.
    public var sourceLines: any SourceLines { AllLines(programs: self) }
}

private struct AllLines: SourceLines {
    let programs: [LoadedProgram]

    func sourceLine(of address: GuestVirtualAddress) -> SourceLine? {
        for program in programs {
            if let line = program.sourceLine(of: address) { return line }
        }
        return nil
    }
}
