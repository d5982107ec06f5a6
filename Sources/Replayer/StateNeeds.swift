internal import Engine
internal import TraceFormat
internal import X86

/// What all states of a trace together need from a processor, in addition to what CPUID says.
struct StateNeeds {
    /// The components of the extended state that any state enables or uses, as bits of XCR0.
    private(set) var components: UInt64 = 0
    /// The model-specific registers that the states contain.
    private(set) var modelSpecific: Set<UInt32> = []
    /// How many states were recorded between two exits, by the mode in which the processor was executing.
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

    /// What a processor lacks of these needs, one line each.
    ///
    /// - Parameters:
    ///   - supported: the components that the processor lets a guest enable.
    ///   - keeps: whether the processor has a given model-specific register.
    func obstacles(supported: UInt64, keeps: (UInt32) -> Bool) -> [String] {
        let missing = components & ~supported & ~Self.always
        let names = (0..<64).filter { missing >> UInt64($0) & 1 == 1 }.map { bit in
            "XCR0 bit \(bit) (\(Self.componentNames[bit] ?? "unknown")): the guest enables it, but this host does not allow that"
        }
        return names
            + modelSpecific.sorted().filter { !keeps($0) }.map { number in
                "MSR 0x\(String(number, radix: 16)): it is part of the recorded states, but this host does not keep it"
            }
    }

    /// Every processor has x87 and SSE, and every save area contains their registers.
    private static let always: UInt64 = 3

    /// The names of the components (Intel SDM vol. 1, 13.1).
    private static let componentNames = [
        2: "AVX", 3: "BNDREGS", 4: "BNDCSR", 5: "opmask", 6: "ZMM_Hi256", 7: "Hi16_ZMM", 8: "PT", 9: "PKRU",
        10: "PASID",
        11: "CET_U", 12: "CET_S", 13: "HDC", 14: "UINTR", 15: "LBR", 16: "HWP", 17: "TILECFG", 18: "TILEDATA",
        19: "APX",
    ]
}
