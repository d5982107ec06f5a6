/// One entry of a translation buffer: a linear page, what may be done to it without a look at the page tables, and where it
/// is in host memory. 64 bytes.
struct Translation {
    /// The linear page if loads may use the entry, else ``none``.
    var readTag: UInt64 = none
    /// The linear page if stores may: not where code, a watched range or a page that is not yet dirty would notice them.
    var writeTag: UInt64 = none
    /// The linear page if code may be fetched.
    var executeTag: UInt64 = none
    /// Added to a linear address gives the address in host memory.
    var addend: UInt = 0
    /// The guest-physical page.
    var physical: UInt64 = 0
    /// ``AddressSpaces`` has it among those that are used.
    var isListed = false
    var reserved1: UInt64 = 0
    var reserved2: UInt64 = 0

    /// A tag that no page has.
    static let none: UInt64 = 1

    /// Makes it lead elsewhere, or nowhere.
    mutating func become(_ other: Translation) {
        let isListed = isListed
        self = other
        self.isListed = isListed
    }
}

/// The translation buffers: one for each set of permissions, so that a change of privilege flushes nothing.
enum TranslationSet: Int, CaseIterable {
    /// Privilege levels 0 to 2, or no SMAP.
    case supervisor
    /// Privilege level 3.
    case user
    /// Privilege levels 0 to 2 while EFLAGS.AC lets them at user pages in spite of SMAP.
    case supervisorWithUserAccess
    /// Never filled: alignment is checked.
    case checked

    /// Entries in each; a power of two.
    static let entryCount = 512
    static let byteCount = entryCount * MemoryLayout<Translation>.stride
}

extension UInt64 {
    /// The page that an address is in.
    @inline(__always) var page: UInt64 { self & ~0xFFF }
}

/// A translation in its buffer.
@safe
struct TranslationEntry {
    let pointer: UnsafeMutablePointer<Translation>

    /// Whether a load of this type at an address may use the entry; false for one that leaves the page.
    @inline(__always)
    func allowsRead<T>(_ address: UInt64, _: T.Type) -> Bool {
        unsafe pointer.pointee.readTag == (address &+ UInt64(MemoryLayout<T>.size - 1)).page
    }

    @inline(__always)
    func allowsWrite<T>(_ address: UInt64, _: T.Type) -> Bool {
        unsafe pointer.pointee.writeTag == (address &+ UInt64(MemoryLayout<T>.size - 1)).page
    }

    /// Reads what is at a linear address, after ``allowsRead(_:_:)``.
    @inline(__always)
    func load<T: BitwiseCopyable>(_ address: UInt64, _: T.Type = T.self) -> T {
        // SAFETY: the entry's tag covers all bytes, and its addend leads into a region of memory or the bounce buffer.
        unsafe UnsafeRawPointer(bitPattern: pointer.pointee.addend &+ UInt(address)).unsafelyUnwrapped
            .loadUnaligned(as: T.self)
    }

    /// Writes at a linear address, after ``allowsWrite(_:_:)``.
    @inline(__always)
    func store<T: BitwiseCopyable>(_ value: T, _ address: UInt64) {
        // SAFETY: as in load(_:_:), and the region can be written.
        unsafe UnsafeMutableRawPointer(bitPattern: pointer.pointee.addend &+ UInt(address)).unsafelyUnwrapped
            .storeBytes(of: value, as: T.self)
    }
}

extension CPU {
    /// The entry of the present privilege's buffer that a linear address would be in.
    @inline(__always)
    func translation(of address: UInt64) -> TranslationEntry {
        let index = UInt(truncatingIfNeeded: address &>> 12) & UInt(TranslationSet.entryCount - 1)
        // SAFETY: translations is the address of a buffer of entryCount entries.
        return unsafe TranslationEntry(
            pointer: UnsafeMutablePointer(bitPattern: state.translations &+ index &<< 6).unsafelyUnwrapped
        )
    }
}
