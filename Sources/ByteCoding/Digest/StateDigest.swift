/// The digest of a machine's whole state at one moment; equal digests mean equal states.
///
/// The halves are separate because some moments define only one of them: after a shutdown the processor's registers are
/// undefined (AMD APM vol. 2, 15.14.3), but the memory is not.
public struct StateDigest: Hashable, Sendable, CustomStringConvertible {
    /// Of the processor state's canonical encoding.
    public var processor: Digest128
    /// Of all guest memory: the sum over the pages that are not all zero of each page's digest, seeded with its
    /// guest-physical address.
    public var memory: Digest128

    /// Makes a digest of its halves.
    public init(processor: Digest128, memory: Digest128) {
        self.processor = processor
        self.memory = memory
    }

    /// `processor/memory` in hexadecimal.
    public var description: String { "\(processor)/\(memory)" }
}
