import EndToEnd
import Foundation
import Symbols
import SystemPackage
import TestBasics
import Testing
import TraceFormat
import X86

/// Programs' files, compiled for the test.
@Suite(.needsClang) struct ProgramFileTests {
    private static let source = """
        int counter = 1;
        int add(int number) {
            return number + counter;
        }
        int _start(void) {
            return add(2);
        }

        """

    /// A program of ``source``, compiled with these options.
    private func program(_ options: String, in directory: borrowing TemporaryDirectory) throws -> ProgramFile {
        try directory.write(Array(Self.source.utf8), to: "add.c")
        let made = try Command.shell("clang -g -O0 -ffreestanding -nostdlib \(options) -o add add.c", in: directory)
        try #require(made.status == 0, "\(made.messages)")
        return try ProgramFile(directory.file("add"))
    }

    private func symbol(_ name: String, _ program: LoadedProgram) throws -> GuestSymbol {
        try #require(program.symbols.first { $0.name == name })
    }

    @Test func programIsWhereItSays() throws {
        let directory = try TemporaryDirectory()

        let file = try program(
            "-static -fuse-ld=lld -Wl,--image-base=0x400000,--build-id=0x0123456789abcdef",
            in: directory
        )

        let program = LoadedProgram(file)
        let add = try symbol("add", program)
        #expect(!file.isRelocatable && file.start == 0x40_0000)
        #expect(add.address.rawValue > 0x40_0000 && add.size > 0)
        #expect(program.sourceLine(of: add.address) == SourceLine(file: "add.c", line: 2))
        #expect(program.sourceLine(of: try symbol("_start", program).address)?.line == 5)
        #expect(program.sourceLine(of: GuestVirtualAddress(0x10)) == nil)
        #expect(program.buildID?.bytes == [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF])
        let id = try #require(program.buildID?.address)
        #expect(id.rawValue > 0x40_0000 && id.rawValue < add.address.rawValue)
    }

    @Test func shiftedProgramIsSomewhereElse() throws {
        let directory = try TemporaryDirectory()
        var program = LoadedProgram(
            try program("-static -fuse-ld=lld -Wl,--image-base=0x400000,--build-id=0x0123456789abcdef", in: directory)
        )
        let (before, id) = (try symbol("add", program), try #require(program.buildID?.address))

        program.shift = 0x1_0000_0000

        #expect(try symbol("add", program).address.rawValue == before.address.rawValue + 0x1_0000_0000)
        #expect(program.sourceLine(of: GuestVirtualAddress(before.address.rawValue + 0x1_0000_0000))?.line == 2)
        #expect(program.sourceLine(of: before.address) == nil)
        #expect(program.buildID?.address.rawValue == id.rawValue + 0x1_0000_0000)
    }

    @Test(arguments: ["-pie -fPIE -fuse-ld=lld", "-c"])
    func fileThatMayBeAnywhereStartsAtZero(options: String) throws {
        let directory = try TemporaryDirectory()

        let file = try program(options, in: directory)

        let program = LoadedProgram(file)
        let (add, start) = (try symbol("add", program), try symbol("_start", program))
        #expect(file.isRelocatable && file.start == 0)
        #expect(
            add.address.rawValue < 0x10_0000
                && start.address.rawValue == add.address.rawValue + (add.size + 15) / 16 * 16
        )
        #expect(program.sourceLine(of: add.address)?.line == 2 && program.sourceLine(of: start.address)?.line == 5)
    }

    @Test func anythingElseIsRefused() throws {
        let directory = try TemporaryDirectory()
        try directory.write([1, 2, 3], to: "bytes")

        #expect(throws: ProgramFile.Failure.self) { _ = try ProgramFile(directory.file("bytes")) }
        #expect(throws: ProgramFile.Failure.self) { _ = try ProgramFile(directory.file("nothing")) }
    }

    /// Whatever bytes of the file are wrong, reading it ends.
    @Test func brokenFilesDoNoHarm() throws {
        let directory = try TemporaryDirectory()
        _ = try program("-static -fuse-ld=lld -Wl,--build-id=0x0123456789abcdef", in: directory)
        let whole = try directory.read("add")
        var random = SystemRandomNumberGenerator()

        for _ in 0..<100 {
            var bytes = whole
            for _ in 0..<8 { bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255) }
            try directory.write(Array(bytes.prefix(Int.random(in: 0...bytes.count))), to: "broken")
            guard let file = try? ProgramFile(directory.file("broken")) else { continue }
            let program = LoadedProgram(file)
            for symbol in program.symbols.prefix(10) { _ = program.sourceLine(of: symbol.address) }
        }
    }
}
