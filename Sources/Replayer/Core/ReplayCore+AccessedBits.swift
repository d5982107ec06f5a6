internal import ByteCoding
internal import Engine
internal import GuestMemory
internal import TraceFormat
internal import X86

extension ReplayCore where P: ~Copyable {
    /// Whether a state equals a keyframe's, either exactly or except for Accessed bits of page-table entries. In the
    /// second case the bits are set as in the recording, so that later comparisons use the same memory.
    mutating func matches(_ keyframe: Keyframe, _ present: StateTracker.Capture) throws(ReplayStop) -> Bool {
        if present.digest == keyframe.digest { return true }
        guard present.digest.processor == keyframe.digest.processor,
            let bits = try accessedBits(thatDifferFrom: keyframe)
        else { return false }
        try known.copy(Set(bits.map(\.page)), of: keyframe, to: processor.memory)
        acceptedBits += bits.count
        return try capture().digest == keyframe.digest
    }

    /// Where memory differs from a keyframe's in Accessed bits; nil if it differs in anything else or does not differ.
    ///
    /// The processor's state must equal the keyframe's. A difference in nothing but Accessed bits does not change where
    /// an entry leads. So the tables that are reachable now are the ones that were reachable in the recording.
    ///
    /// Between two exits, the instruction that comes next may have been begun, and given up for the host's sake after it had
    /// marked the page that it writes to. So there, what is marked as dirty in the recording need not be so now.
    private func accessedBits(
        thatDifferFrom keyframe: Keyframe
    ) throws(ReplayStop) -> Set<GuestPhysicalAddress>? {
        var recorded = keyframe.memory
        var (bits, dirty): (Set<GuestPhysicalAddress>, Set<GuestPhysicalAddress>) = ([], [])
        let mayBeBegun = keyframe.position == .asynchronous
        for page in try known.candidates(for: keyframe) {
            let expected = try onTrace(recorded.page(at: page))
            let actual = try onMemory(at: keyframe.event, processor.memory.read(at: page, count: GuestMemory.pageSize))
            guard expected != actual else { continue }
            for offset in expected.indices where expected[offset] != actual[offset] {
                let (wanted, found) = (expected[offset], actual[offset])
                let isDirtied = mayBeBegun && wanted & ~found & AccessedBit.dirty != 0
                guard AccessedBit.mayExplain(wanted, found, at: offset, withDirty: isDirtied) else { return nil }
                let address = GuestPhysicalAddress(page.rawValue + UInt64(offset))
                bits.insert(address)
                if isDirtied { dirty.insert(address) }
            }
        }
        let entries = keyframe.state.accessedBits(among: bits, dirty: dirty, readTable: processor.memory.tableEntry)
        return bits.isEmpty || entries != bits ? nil : bits
    }
}

extension GuestPhysicalAddress {
    /// The address of the page that contains this address.
    fileprivate var page: Self { Self(rawValue & ~UInt64(GuestMemory.pageSize - 1)) }
}
