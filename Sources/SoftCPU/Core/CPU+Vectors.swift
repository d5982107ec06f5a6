extension CPU {
    // SAFETY of both: the registers of SSE are 16 vectors of plain integers, and numbers of registers are below 16.
    private var vectors: UnsafeMutableRawPointer {
        @inline(__always) get {
            unsafe withUnsafeMutablePointer(to: &pointer.pointee.vector.xmm) { UnsafeMutableRawPointer($0) }
        }
    }
    private var significands: UnsafeMutableRawPointer {
        @inline(__always) get {
            unsafe withUnsafeMutablePointer(to: &pointer.pointee.vector.significands) {
                UnsafeMutableRawPointer($0)
            }
        }
    }

    /// An XMM register.
    @inline(__always)
    func xmm(_ number: UInt8) -> Vector128 {
        // SAFETY: see above.
        unsafe vectors.loadUnaligned(fromByteOffset: Int(number) &<< 4, as: Vector128.self)
    }

    @inline(__always)
    func setXMM(_ number: UInt8, _ value: Vector128) {
        // SAFETY: see above.
        unsafe vectors.storeBytes(of: value, toByteOffset: Int(number) &<< 4, as: Vector128.self)
    }

    /// The low bytes of an XMM register.
    @inline(__always)
    func xmm<T: Word>(_ number: UInt8, _: T.Type) -> T {
        // SAFETY: see above.
        unsafe vectors.loadUnaligned(fromByteOffset: Int(number) &<< 4, as: T.self)
    }

    /// Writes the low bytes of an XMM register and leaves the others.
    @inline(__always)
    func setXMM<T: Word>(_ number: UInt8, low value: T) {
        // SAFETY: see above.
        unsafe vectors.storeBytes(of: value, toByteOffset: Int(number) &<< 4, as: T.self)
    }

    /// An MMX register: the significand of the x87 register with that physical number.
    @inline(__always)
    func mmx(_ number: UInt8) -> UInt64 {
        // SAFETY: MMX registers are 8 plain integers, and their numbers are below 8.
        unsafe significands.loadUnaligned(fromByteOffset: Int(number) &<< 3, as: UInt64.self)
    }

    /// Writes an MMX register; sign and exponent of the x87 register become ones (Intel SDM vol. 1, 9.6.2).
    @inline(__always)
    func setMMX(_ number: UInt8, _ value: UInt64) {
        // SAFETY: as in mmx(_:).
        unsafe significands.storeBytes(of: value, toByteOffset: Int(number) &<< 3, as: UInt64.self)
        state.vector.exponents[Int(number) & 7] = 0xFFFF
    }

    /// What every MMX instruction but EMMS does to the x87 registers: none is empty, and the top is 0.
    @inline(__always)
    func enterMMX() {
        state.vector.top = 0
        state.vector.tags = 0xFF
    }

    /// An x87 exception is pending that MMX instructions report before anything else.
    @inline(__always)
    var mustWaitForX87: Bool {
        state.vector.statusWord & X87Status.summary != 0
            && !(state.ignoresNumericErrors && state.cr0 & CR0.numericError == 0)
    }
}
