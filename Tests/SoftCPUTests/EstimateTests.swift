import Testing

@testable import SoftCPU

/// Estimates of 1/x and 1/sqrt(x), compared with the processor.
@Suite(.enabled(if: NativeCode.isAvailable))
struct EstimateTests {
    struct Estimate: Sendable, CustomTestStringConvertible {
        let name: String
        let code: [UInt8]
        let compute: @Sendable (SoftSingle, Quirks) -> SoftSingle
        var testDescription: String { name }
    }

    static let estimates = [
        Estimate(name: "RCPSS", code: [0xF3, 0x0F, 0x53, 0xC1]) { $0.reciprocal($1) },
        Estimate(name: "RSQRTSS", code: [0xF3, 0x0F, 0x52, 0xC1]) { $0.reciprocalSquareRoot($1) },
    ]

    /// All significands of two octaves as far as they make a difference, and some more.
    private static let everySignificand = (0..<UInt32(1 << 14)).map { index in
        SoftSingle(bits: 0x3F80_0000 + index << 10 | index * 37 & 0x3FF)
    }

    @Test("are those of the processor's line", .enabled(if: NativeCode.isMeasured), arguments: estimates)
    func estimate(_ estimate: Estimate) {
        let registers = NativeRegisters()
        let code = NativeCode(estimate.code)
        var operands = RandomOperands(seed: 1)
        let numbers = Self.everySignificand + (0..<RandomOperands.count).map { _ in operands.single() }

        let different = numbers.filter { number in
            registers[xmm: 1] = Vector128(low: UInt64(number.bits))
            registers.run(code)
            let found = UInt32(truncatingIfNeeded: registers[xmm: 0].low)
            return found != estimate.compute(number, NativeCode.quirks).bits
        }

        #expect(different.map { String($0.bits, radix: 16) }.prefix(5) == [])
    }

    /// Intel SDM vol. 2, RCPSS and RSQRTSS: a relative error of 1.5 times 2 to the power of -12.
    @Test("are as near as the manual says", arguments: estimates, [Quirks.zen, .intel])
    func bound(_ estimate: Estimate, _ quirks: Quirks) {
        let isRoot = estimate.name == "RSQRTSS"

        let far = Self.everySignificand.filter { number in
            let value = Double(Float(bitPattern: number.bits))
            let exact = isRoot ? 1 / value.squareRoot() : 1 / value
            let found = Double(Float(bitPattern: estimate.compute(number, quirks).bits))
            return abs(found / exact - 1) > 1.5 / 4096
        }

        #expect(far.map { String($0.bits, radix: 16) }.prefix(5) == [])
    }
}
