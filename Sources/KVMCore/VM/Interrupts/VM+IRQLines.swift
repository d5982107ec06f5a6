import CKVM
import SystemPackage
import X86

extension VM {
    /// Replaces the table that says where lines lead (`KVM_SET_GSI_ROUTING`). Call ``createIRQChip()`` first.
    public func setIRQRouting(_ routes: [IRQRoute]) throws(KVMError) {
        let table = FlexibleArray(
            header: ckvm_irq_routing_header(nr: UInt32(clamping: routes.count), flags: 0),
            elements: routes.map(\.kernelValue),
            filler: kvm_irq_routing_entry()
        )
        // SAFETY: the table has the layout of kvm_irq_routing and as many entries as its header says.
        try unsafe descriptor.call(.setGSIRouting, at: table.address, about: "\(routes.count) routes")
    }

    /// Sets the level of a line (`KVM_IRQ_LINE`). Call ``createIRQChip()`` first.
    public func setIRQLine(_ line: UInt32, level: Bool) throws(KVMError) {
        try descriptor.call(.irqLine, reading: Self.level(line, level), about: "line \(line)")
    }

    /// Sets the level of a line and reports the result (`KVM_IRQ_LINE_STATUS`).
    ///
    /// - Returns: the number of processors to which it was delivered; 0 if it was merged with one that was already
    ///   waiting, and negative if it was masked.
    public func setIRQLineReportingStatus(_ line: UInt32, level: Bool) throws(KVMError) -> Int32 {
        var value = Self.level(line, level)
        try descriptor.call(.irqLineStatus, with: &value, about: "line \(line)")
        return value.status
    }

    /// Sends a message-signalled interrupt (`KVM_SIGNAL_MSI`). Call ``createIRQChip()`` first.
    ///
    /// - Returns: whether it was delivered; false if it addresses no processor, or if the guest blocks it.
    @discardableResult
    public func signal(_ message: MSI) throws(KVMError) -> Bool {
        var value = kvm_msi()
        value.address_lo = UInt32(truncatingIfNeeded: message.address.rawValue)
        value.address_hi = UInt32(truncatingIfNeeded: message.address.rawValue >> 32)
        value.data = message.data
        do {
            return try descriptor.call(.signalMSI, with: &value, about: "\(message)") > 0
        } catch {
            // The kernel answers -1 if there is no destination, which looks like an errno here.
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
