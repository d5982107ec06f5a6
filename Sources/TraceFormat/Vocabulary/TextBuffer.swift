/// Text in UTF-8 that is put together piece by piece, in memory that the next text uses again. A list of events has
/// millions of lines, and so none of them costs an allocation.
@safe public struct TextBuffer: ~Copyable {
    // SAFETY: the memory belongs to this value alone, from init to deinit; its first `count` bytes are initialized, and
    // `count` never exceeds `capacity`.
    private var memory: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    /// How many bytes the text has.
    public private(set) var count = 0
    /// Whether texts from outside are made ``Swift/String/printable`` as they are appended: names, messages, whatever a
    /// trace brings along.
    private let makesPrintable: Bool

    /// An empty text.
    ///
    /// - Parameters:
    ///   - capacity: for how many bytes there is room at first.
    ///   - makesPrintable: whether the text is shown as it is, so that texts from outside must be made printable.
    public init(capacity: Int, makesPrintable: Bool) {
        self.capacity = max(capacity, 1)
        self.makesPrintable = makesPrintable
        unsafe memory = .allocate(capacity: self.capacity)
    }

    deinit { unsafe memory.deallocate() }

    /// The text.
    public var bytes: RawSpan {
        @_lifetime(borrow self) get {
            // SAFETY: as above; the span borrows this value, so nothing is appended while it lives.
            let span = unsafe RawSpan(_unsafeStart: memory, byteCount: count)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// The text as a string.
    public var string: String {
        unsafe String(decoding: UnsafeBufferPointer(start: memory, count: count), as: UTF8.self)
    }

    /// Starts the next text in the same memory.
    public mutating func removeAll() { count = 0 }

    /// Makes room for so many bytes more.
    @inline(__always)
    private mutating func makeRoom(for more: Int) {
        if capacity - count < more { grow(by: more) }
    }

    @inline(never)
    private mutating func grow(by more: Int) {
        capacity = max(2 * capacity, count + more)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        unsafe larger.initialize(from: memory, count: count)
        unsafe memory.deallocate()
        unsafe memory = larger
    }
}

// MARK: Appending

// SAFETY, here and below: makeRoom has made sure that the bytes which are written next fit.
extension TextBuffer {
    /// Appends words of the program.
    @inline(__always)
    public mutating func append(words: StaticString) {
        // A literal's length is known when this is compiled, so the copy is a few stores.
        makeRoom(for: words.utf8CodeUnitCount)
        unsafe (memory + count).initialize(from: words.utf8Start, count: words.utf8CodeUnitCount)
        count += words.utf8CodeUnitCount
    }

    /// Appends a text from outside, made printable if this buffer's text is shown as it is.
    public mutating func append(_ text: String) { append(unchanged: makesPrintable ? text.printable : text) }

    /// Appends a text as it is.
    mutating func append(unchanged text: String) {
        var text = text
        text.withUTF8 { bytes in
            makeRoom(for: bytes.count)
            guard let source = bytes.baseAddress else { return }
            unsafe (memory + count).initialize(from: source, count: bytes.count)
            count += bytes.count
        }
    }

    /// Appends bytes as they are.
    public mutating func append(contentsOf bytes: some Collection<UInt8>) {
        makeRoom(for: bytes.count)
        for byte in bytes {
            unsafe memory[count] = byte
            count += 1
        }
    }

    /// Appends a number in decimal, with zeros before it where it has fewer than this many digits.
    mutating func append(decimal number: UInt64, digits least: Int = 1) {
        var (digits, power) = (1, 10 as UInt64)
        // There is no power of ten with 20 digits more.
        while number >= power, digits < 20 { (digits, power) = (digits + 1, power &* 10) }
        digits = max(digits, least)
        makeRoom(for: digits)
        let target = unsafe memory + count
        var (place, left) = (digits, number)
        while place > 0 {
            place &-= 1
            let rest = left / 10
            unsafe target[place] = UInt8(truncatingIfNeeded: left &- rest &* 10 &+ 48)
            left = rest
        }
        count += digits
    }

    /// Appends a number in hexadecimal, with the prefix `0x`.
    public mutating func append(hexadecimal number: UInt64) {
        append(words: "0x")
        let digits = max(1, (UInt64.bitWidth - number.leadingZeroBitCount + 3) / 4)
        makeRoom(for: digits)
        let target = unsafe memory + count
        var (place, left) = (digits, number)
        while place > 0 {
            place &-= 1
            unsafe target[place] = Self.digit(left & 15)
            left >>= 4
        }
        count += digits
    }

    /// Puts a character in the place of the last one, which must be there.
    mutating func replaceLast(by character: Unicode.Scalar) {
        precondition(count > 0)
        unsafe memory[count - 1] = UInt8(ascii: character)
    }

    /// Appends two hexadecimal digits for each byte.
    mutating func append(digitsOf bytes: [UInt8]) {
        makeRoom(for: 2 * bytes.count)
        for byte in bytes {
            unsafe memory[count] = Self.digit(UInt64(byte >> 4))
            unsafe memory[count + 1] = Self.digit(UInt64(byte & 15))
            count += 2
        }
    }

    /// The digit for a number below 16.
    @inline(__always)
    private static func digit(_ number: UInt64) -> UInt8 {
        UInt8(truncatingIfNeeded: number &+ (number < 10 ? 48 : 87))
    }
}
