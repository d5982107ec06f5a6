internal import Engine
internal import TraceFormat
internal import X86

/// What the states of a trace, all together, need of a processor besides what CPUID says.
struct StateNeeds {
    /// The components of the extended state that are ever enabled or in use, as bits of XCR0.
    private(set) var components: UInt64 = 0
    /// The model-specific registers that states hold.
    private(set) var modelSpecific: Set<UInt32> = []
    /// How many states were recorded between two exits, by how the processor executed there.
    private(set) var asynchronous: [GuestMode: Int] = [:]

    /// Reads the state of every keyframe.
    init(_ reader: TraceReader) throws(TraceError) {
        for number in 0..<reader.keyframeCount {
            let keyframe = try reader.keyframe(number)
            components |= keyframe.state.control.xcr0
            for component in keyframe.state.extended.components.keys { components |= 1 << UInt64(component) }
            modelSpecific.formUnion(keyframe.state.modelSpecific.keys)
            if keyframe.position == .asynchronous { asynchronous[GuestMode(keyframe.state), default: 0] += 1 }
        }
    }

    /// What a processor lacks of it, each in one line.
    ///
    /// - Parameters:
    ///   - supported: the components that it lets a guest enable.
    ///   - keeps: whether it has a model-specific register.
    func obstacles(supported: UInt64, keeps: (UInt32) -> Bool) -> [String] {
        let missing = components & ~supported & ~Self.always
        let names = (0..<64).filter { missing >> UInt64($0) & 1 == 1 }.map { bit in
            "XCR0 bit \(bit) (\(Self.componentNames[bit] ?? "unknown")): the guest enables it, and this host does not let it"
        }
        return names
            + modelSpecific.sorted().filter { !keeps($0) }.map { number in
                "MSR 0x\(String(number, radix: 16)): it is part of the recorded states, and this host does not keep it"
            }
    }

    /// x87, which every processor has, and SSE, whose registers are in every area.
    private static let always: UInt64 = 3

    /// Intel SDM vol. 1, 13.1.
    private static let componentNames = [
        2: "AVX", 3: "BNDREGS", 4: "BNDCSR", 5: "opmask", 6: "ZMM_Hi256", 7: "Hi16_ZMM", 8: "PT", 9: "PKRU",
        10: "PASID",
        11: "CET_U", 12: "CET_S", 13: "HDC", 14: "UINTR", 15: "LBR", 16: "HWP", 17: "TILECFG", 18: "TILEDATA",
        19: "APX",
    ]
}
