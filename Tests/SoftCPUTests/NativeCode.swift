import CNative

@testable import SoftCPU

/// Instructions that the processor of this machine can execute.
struct NativeCode {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Whether tests that compare with the processor can run here.
    static let isAvailable = native_open() == 0
    /// What this processor does where the manuals leave it open, if somebody has measured its line.
    static let measuredQuirks = Quirks.measured(vendor: vendor, signature: native_signature())
    /// Whether results that the manuals leave open can be compared here.
    static let isMeasured = measuredQuirks != nil
    /// Whether everything was measured: condition codes of x87, what faults leave behind, which NaN a sum of lanes gives.
    static let isWhollyMeasured = measuredQuirks == .intel || measuredQuirks == .zen5
    /// What software is to do that is compared with this processor.
    static let quirks = measuredQuirks ?? .zen

    /// The maker as CPUID spells it.
    static let vendor: String = {
        var name = [CChar](repeating: 0, count: 13)
        // SAFETY: the function writes 12 characters.
        unsafe name.withUnsafeMutableBufferPointer { unsafe native_vendor($0.baseAddress) }
        return String(decoding: name.prefix(12).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()
}
