public import GuestMemory
public import X86

/// Traps instructions that read hidden state in code that was not there when the guest was loaded: code that was read
/// from a disk, unpacked or generated.
///
/// Each time the guest exits at a new place, the code ahead of it is walked. Unpacked code is entered through a jump to
/// an address in a register. At such a jump a breakpoint stops the guest once, and the walk continues with the code
/// that it is about to enter. A word in memory through which code jumps is looked at again each time.
public struct CodeDiscovery {
    /// An instruction to be replaced.
    public struct Patch: Hashable, Sendable {
        /// Where in guest memory.
        public var address: GuestPhysicalAddress
        /// What to put there.
        public var replacement: [UInt8]
    }

    /// A place where the guest has been, and the code there at the time.
    private struct Place {
        var address = GuestVirtualAddress(.max)
        /// Nil where there is no memory, which has no content either. At first there is neither place nor code.
        var word: GuestMemory.WordPlace?
        var content: UInt64? = 0
    }

    /// Where a guest was when it last left the processor at an offset in a segment of 64 KiB.
    private struct SegmentPlace: Equatable {
        var rip = UInt64.max
        var address = GuestVirtualAddress(.max)
        /// Where the address is among the places.
        var slot = 0
    }

    /// A word in memory through which code goes, and how that code executes.
    private struct Pointer {
        var address: GuestPhysicalAddress
        var target: UInt64
        var state: ProcessorState
    }

    /// Places that are remembered: a new one takes the place of an old one with the same remainder.
    private static let capacity = 2048
    /// How often in a row a guest is taken to be in the segment that it was in before, without a look at it: as often as the
    /// first says, and twice as often after each look that finds it there, up to the last. A look costs a call
    /// on the vCPU.
    private static let assumptionLimits = (first: 64, last: 1024)
    /// Instructions that are decoded at a new place, and at the first entry into other code.
    private static let budgets = (place: 1024, entry: 32768)
    private static let pointerLimit = 256
    /// A processor has four breakpoints.
    private static let breakpointLimit = 4

    private let trapped: Set<HiddenInstruction>
    private let basePort: UInt8
    private var places = [Place](repeating: Place(), count: capacity)
    private var segmentPlaces = [SegmentPlace](repeating: SegmentPlace(), count: capacity)
    private var assumptions = 0
    private var assumptionLimit = assumptionLimits.first
    private var pointers: [Pointer] = []

    /// Where the guest is to be stopped: those of the jumps that were found last.
    public private(set) var breakpoints: [GuestVirtualAddress] = []
    /// How many instructions it has found.
    public private(set) var count = 0

    /// Nil if nothing is trapped.
    ///
    /// - Parameters:
    ///   - trapped: which instructions are replaced.
    ///   - basePort: the first of the private ports, as ``CodePatcher`` chose it.
    public init?(trapping trapped: Set<HiddenInstruction>, basePort: UInt8?) {
        guard let basePort, !trapped.isEmpty else { return nil }
        self.trapped = trapped
        self.basePort = basePort
    }

    /// Whether the code at a place has been walked, and is still the same. Asked at every exit.
    public func knows(_ address: GuestVirtualAddress, in memory: GuestMemory) -> Bool {
        knows(address, in: memory, slot: Self.index(of: address))
    }

    @inline(__always)
    private func knows(_ address: GuestVirtualAddress, in memory: GuestMemory, slot: Int) -> Bool {
        let place = places[slot]
        guard place.address == address else { return false }
        guard let word = place.word else { return place.content == nil }
        return memory.word(at: word) == place.content
    }

    /// Whether the guest, which has left the processor at `rip`, can be taken to be at a place that it is known to have been
    /// at, although its segment has not been looked at, which costs several parts in a hundred of an exit.
    ///
    /// Another segment with code that leaves at the same offsets is noticed after ``assumptionLimits`` exits at the latest, or
    /// with the first that it makes at another one.
    public mutating func expects(atRIP rip: UInt64, in memory: GuestMemory) -> Bool {
        let place = segmentPlaces[Self.index(ofRIP: rip)]
        guard place.rip == rip, assumptions < assumptionLimit, knows(place.address, in: memory, slot: place.slot) else {
            assumptions = 0
            return false
        }
        assumptions += 1
        return true
    }

    /// Takes down where the guest was when it left the processor at `rip`.
    public mutating func expect(_ address: GuestVirtualAddress, atRIP rip: UInt64) {
        let place = SegmentPlace(rip: rip, address: address, slot: Self.index(of: address))
        let isFoundThere = segmentPlaces[Self.index(ofRIP: rip)] == place
        let limits = Self.assumptionLimits
        assumptionLimit = isFoundThere ? min(2 * assumptionLimit, limits.last) : limits.first
        segmentPlaces[Self.index(ofRIP: rip)] = place
    }

    /// Walks the code ahead of the guest, which has left the processor at `address`.
    ///
    /// - Parameter state: where it stands now, behind its access.
    public mutating func explore(
        _ address: GuestVirtualAddress,
        _ state: ProcessorState,
        in memory: GuestMemory
    ) -> [Patch] {
        remember(address, state, memory)
        return walk(state, Self.budgets.place, memory) + follow(state, memory)
    }

    /// Walks the code to which pointers lead that led elsewhere before.
    private mutating func follow(_ present: ProcessorState, _ memory: GuestMemory) -> [Patch] {
        var patches: [Patch] = []
        for index in pointers.indices {
            var state = pointers[index].state
            let isMapped = state.control.cr0 & 1 << 31 == 0 || state.control.cr3 == present.control.cr3
            guard isMapped, let target = CodeWalk.target(at: pointers[index].address, in: memory, for: state),
                target != 0, target != pointers[index].target
            else { continue }
            pointers[index].target = target
            state.rip = target
            patches += walk(state, Self.budgets.place, memory, knowsStack: false)
        }
        return patches
    }

    /// Walks the code that the guest is about to enter, if it stands at one of ``breakpoints``, which is then done with.
    public mutating func enter(_ state: ProcessorState, in memory: GuestMemory) -> [Patch] {
        guard let index = breakpoints.firstIndex(of: state.instructionAddress) else { return [] }
        breakpoints.remove(at: index)
        let bytes = memory.read(state.instructionAddress, count: TrapCode.maximumLength, in: state)
        let instruction = CodeDecoder(state.mode).instruction(bytes, at: 0, end: bytes.count)
        guard case .indirect(let register, let isCall) = instruction?.flow else { return [] }
        var target = state
        target.rip = state.mode == .long64 ? state[register] : state[register] & 0xFFFF_FFFF
        return walk(target, Self.budgets.entry, memory, knowsStack: !isCall)
    }

    private mutating func walk(
        _ state: ProcessorState,
        _ budget: Int,
        _ memory: GuestMemory,
        knowsStack: Bool = true
    ) -> [Patch] {
        // A port write faults there. The read itself does not, and an engine may trap it by itself.
        guard state.hasPortPrivilege else { return [] }
        let walk = CodeWalk(from: state, in: memory, finding: trapped, knowsStack: knowsStack, budget: budget)
        for address in walk.pointers where pointers.count < Self.pointerLimit {
            guard !pointers.contains(where: { $0.address == address }) else { continue }
            let target = CodeWalk.target(at: address, in: memory, for: state) ?? 0
            pointers.append(Pointer(address: address, target: target, state: state))
        }
        // A guest that debugs itself has its own use for the breakpoints: KVM puts ours in their place.
        let debugsItself = state.debugsItself || state.hasUsedDebugRegisters || walk.setsDebugRegisters
        if debugsItself { breakpoints = [] }
        for rip in walk.indirect where !debugsItself {
            let jump = state.instructionAddress(at: rip)
            guard !knows(jump, in: memory) else { continue }
            remember(jump, state, memory)
            breakpoints.append(jump)
        }
        breakpoints.removeFirst(max(0, breakpoints.count - Self.breakpointLimit))
        let findings = walk.findings.prefix(CodePatcher.limit - count)
        count += findings.count
        return findings.map { Patch(address: $0.address, replacement: $0.code.bytes(basePort: basePort)) }
    }

    private mutating func remember(_ address: GuestVirtualAddress, _ state: ProcessorState, _ memory: GuestMemory) {
        guard let physical = memory.translate(address, in: state) else { return }
        let word = memory.wordPlace(at: physical)
        places[Self.index(of: address)] = Place(
            address: address,
            word: word,
            content: word.flatMap { memory.word(at: $0) }
        )
    }

    private static func index(ofRIP rip: UInt64) -> Int { Int(rip % UInt64(capacity)) }

    private static func index(of address: GuestVirtualAddress) -> Int {
        // Instructions that leave the processor stand close together: all bits count.
        let hash = address.rawValue &* 0x9E37_79B9_7F4A_7C15
        return Int(hash >> 32) % capacity
    }
}
