import Glibc
import GuestMemory
import X86

/// Guest memory between pages of the host that may not be touched: whoever leaves it ends the process.
@safe
final class GuardedMemory {
    let mappings: [GuestMemory.Mapping]
    private static let guardBytes = 1 << 16

    init(_ regions: [GuestMemory.Region]) {
        mappings = regions.map { region in
            let size = Int(region.size)
            // SAFETY: an anonymous mapping at an address of the kernel's choice; its middle is made accessible.
            let base = unsafe mmap(nil, size + 2 * Self.guardBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)!
            precondition(unsafe base != MAP_FAILED)
            let start = unsafe base + Self.guardBytes
            precondition(unsafe mprotect(start, size, PROT_READ | PROT_WRITE) == 0)
            return unsafe GuestMemory.Mapping(region, host: start)
        }
    }

    deinit {
        for mapping in mappings {
            unsafe munmap(mapping.host - Self.guardBytes, Int(mapping.region.size) + 2 * Self.guardBytes)
        }
    }

    /// All words of a region.
    private func words(_ index: Int) -> UnsafeMutableBufferPointer<UInt64> {
        let mapping = mappings[index]
        return unsafe UnsafeMutableBufferPointer(
            start: mapping.host.assumingMemoryBound(to: UInt64.self),
            count: Int(mapping.region.size / 8)
        )
    }

    /// Fills all of it.
    func fill(_ random: inout RandomOperands) {
        for index in mappings.indices {
            let words = unsafe words(index)
            for word in words.indices { unsafe words[word] = random.next() }
        }
    }

    func put(_ value: UInt64, bytes: Int, at address: UInt64) {
        for index in 0..<bytes {
            unsafe mappings[0].host.storeBytes(
                of: UInt8(truncatingIfNeeded: value >> UInt64(8 * index)),
                toByteOffset: Int(address) + index,
                as: UInt8.self
            )
        }
    }

    /// The first word at which another memory of the same regions differs.
    func difference(_ other: GuardedMemory) -> UInt64? {
        for index in mappings.indices {
            let (ours, theirs) = unsafe (words(index), other.words(index))
            guard unsafe memcmp(ours.baseAddress!, theirs.baseAddress!, ours.count * 8) != 0 else { continue }
            for word in ours.indices where unsafe ours[word] != theirs[word] {
                return mappings[index].region.address.rawValue + UInt64(word * 8)
            }
        }
        return nil
    }
}
