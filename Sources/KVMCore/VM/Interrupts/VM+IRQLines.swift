import CKVM
import SystemPackage
import X86

extension VM {
    /// Replaces the table that says where lines lead (`KVM_SET_GSI_ROUTING`). After ``createIRQChip()``.
    public func setIRQRouting(_ routes: [IRQRoute]) throws(KVMError) {
        let table = FlexibleArray(
            header: ckvm_irq_routing_header(nr: UInt32(clamping: routes.count), flags: 0),
            elements: routes.map(\.kernelValue),
            filler: kvm_irq_routing_entry()
        )
        // SAFETY: the table has the layout of kvm_irq_routing and as many entries as its header says.
        try unsafe descriptor.call(.setGSIRouting, at: table.address, about: "\(routes.count) routes")
    }

    /// Sets the level of a line (`KVM_IRQ_LINE`). After ``createIRQChip()``.
    public func setIRQLine(_ line: UInt32, level: Bool) throws(KVMError) {
        try descriptor.call(.irqLine, reading: Self.level(line, level), about: "line \(line)")
    }

    /// Sets the level of a line and says what became of it (`KVM_IRQ_LINE_STATUS`).
    ///
    /// - Returns: how many processors it was delivered to; 0 if it was merged with one that was waiting already, negative
    ///   if it was masked.
    public func setIRQLineReportingStatus(_ line: UInt32, level: Bool) throws(KVMError) -> Int32 {
        var value = Self.level(line, level)
        try descriptor.call(.irqLineStatus, with: &value, about: "line \(line)")
        return value.status
    }

    /// Sends a message-signalled interrupt (`KVM_SIGNAL_MSI`). After ``createIRQChip()``.
    ///
    /// - Returns: whether it was delivered: no if no processor is meant by it, or the guest blocks it.
    @discardableResult
    public func signal(_ message: MSI) throws(KVMError) -> Bool {
        var value = kvm_msi()
        value.address_lo = UInt32(truncatingIfNeeded: message.address.rawValue)
        value.address_hi = UInt32(truncatingIfNeeded: message.address.rawValue >> 32)
        value.data = message.data
        do {
            return try descriptor.call(.signalMSI, with: &value, about: "\(message)") > 0
        } catch {
            // The kernel answers -1 where there is no destination, which reaches this process as an errno.
            guard error.errno == .notPermitted else { throw error }
            return false
        }
    }

    private static func level(_ line: UInt32, _ level: Bool) -> kvm_irq_level {
        var value = kvm_irq_level()
        value.irq = line
        value.level = level ? 1 : 0
        return value
    }
}
