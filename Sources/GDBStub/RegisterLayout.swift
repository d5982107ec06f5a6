internal import X86

/// The registers that a client is shown, in the order of the protocol's numbers, and their description in XML.
public struct RegisterLayout: Sendable {
    /// The code for which the client takes the guest's.
    public enum Width: String, CaseIterable, Hashable, Sendable {
        /// 16-bit code; registers of 32 bits.
        case bits16 = "i8086"
        /// 32-bit code.
        case bits32 = "i386"
        /// 64-bit code.
        case bits64 = "x86-64"
    }

    /// Which code it is for.
    public let width: Width
    /// The registers by number.
    let registers: [Register]
    private let features: [Feature]

    /// A part of the description.
    struct Feature: Sendable {
        var name: String
        /// Types that its registers use, in XML.
        var types = ""
        var registers: [Register]
    }

    /// One register.
    struct Register: Sendable {
        var name: String
        var byteCount: Int
        /// The type's name in the description.
        var type: String
        /// The group that `info registers` shows it in; nil for the one that follows from the type.
        var group: String?
        /// The value's bytes, the lowest first.
        var get: @Sendable (ProcessorState) -> [UInt8]
        /// Sets the value; nil if it cannot be set.
        var set: (@Sendable (inout ProcessorState, [UInt8]) -> Void)?
    }

    /// The layout for code of a width.
    public init(_ width: Width) {
        self.width = width
        let is64 = width == .bits64
        features = [
            Feature(name: "org.gnu.gdb.i386.core", types: Self.flagsType, registers: Self.core(is64: is64)),
            Feature(name: "org.gnu.gdb.i386.sse", types: Self.vectorTypes, registers: Self.sse(is64: is64)),
            Feature(name: "org.gnu.gdb.i386.segments", registers: is64 ? Self.segmentBases(["fs", "gs"]) : []),
            Feature(name: "org.rr-vm.system", registers: Self.system(is64: is64)),
        ].filter { !$0.registers.isEmpty }
        registers = features.flatMap(\.registers)
    }

    /// All registers, one after the other, as the packet `g` has them.
    func bytes(of state: ProcessorState) -> [UInt8] { registers.flatMap { $0.get(state) } }

    /// How many bytes ``bytes(of:)`` gives.
    var byteCount: Int { registers.reduce(0) { $0 + $1.byteCount } }

    /// The description (GDB manual, appendix G).
    public var description: String {
        let architecture = width == .bits64 ? "i386:x86-64" : width.rawValue
        let parts = features.map { feature in
            let lines = feature.registers.map { register in
                let group = register.group.map { " group=\"\($0)\"" } ?? ""
                return
                    "<reg name=\"\(register.name)\" bitsize=\"\(register.byteCount * 8)\" type=\"\(register.type)\"\(group)/>\n"
            }
            return "<feature name=\"\(feature.name)\">\n\(feature.types)\(lines.joined())</feature>\n"
        }
        return """
            <?xml version="1.0"?>
            <!DOCTYPE target SYSTEM "gdb-target.dtd">
            <target version="1.0">
            <architecture>\(architecture)</architecture>
            <osabi>none</osabi>
            \(parts.joined())</target>

            """
    }
}
