import Engine
import Testing
import TraceFormat
import X86

@testable import Replayer

/// Calls found by frame pointers, in made-up 32-bit memory: code at 0x1000, a stack below 0x3000.
@Suite struct BacktraceTests {
    /// A view with RIP at 0x1000 whose RBP starts a chain of frames, each a return address behind a call.
    private static func view(frames: [(pointer: Int, next: Int, address: Int)]) -> FixedView {
        var view = FixedView(memory: [UInt8](repeating: 0x90, count: 0x3000))
        view.state.control.cr0 = 1
        view.state.segments.cs.accessRights = 1 << 14
        view.state.segments.ss.accessRights = 1 << 14
        view.state.rip = 0x1000
        view.state[.rsp] = 0x2000
        view.state[.rbp] = UInt64(frames.first?.pointer ?? 0)
        for frame in frames {
            for (offset, word) in [(0, frame.next), (4, frame.address)] {
                for byte in 0..<4 {
                    view.memory[frame.pointer + offset + byte] = UInt8(truncatingIfNeeded: word >> (8 * byte))
                }
            }
        }
        return view
    }

    private static let symbols = SymbolTable([
        GuestSymbol(name: "inner", address: GuestVirtualAddress(0x1000), size: 0x80),
        GuestSymbol(name: "outer", address: GuestVirtualAddress(0x1100), size: 0x80),
    ])

    @Test func framesAreFollowedAsLongAsCallsComeBeforeThem() throws {
        var view = Self.view(frames: [
            (0x2010, 0x2040, 0x1105), (0x2040, 0x2080, 0x1202), (0x2080, 0x20C0, 0x1300),
        ])
        view.memory[0x1100] = 0xE8  // call to a relative target
        view.memory[0x1200...0x1201] = [0xFF, 0xD0]  // call eax

        let frames = try Backtrace(&view, symbols: Self.symbols).frames

        #expect(frames.map(\.address.rawValue) == [0x1000, 0x1105, 0x1202])
        #expect(frames.map(\.symbol) == ["inner", "outer+0x5", nil])
    }

    @Test(arguments: [(0x2010, 0x2010), (0x2010, 0x1F00), (0x2012, 0x2040)])
    func pointerThatDoesNotGoUpTheStackEndsTheList(pointer: Int, next: Int) throws {
        var view = Self.view(frames: [(pointer, next, 0x1105)])
        view.memory[0x1100] = 0xE8

        let frames = try Backtrace(&view, symbols: Self.symbols).frames

        #expect(frames.count == (pointer % 4 == 0 ? 2 : 1))
    }

    @Test func realModeHasNoFrames() throws {
        var view = Self.view(frames: [(0x2010, 0x2040, 0x1105)])
        view.state.control.cr0 = 0
        view.memory[0x1100] = 0xE8

        #expect(try Backtrace(&view, symbols: Self.symbols).frames.count == 1)
    }
}
