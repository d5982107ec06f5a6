import CKVM
import X86

/// Where an interrupt line leads (`struct kvm_irq_routing_entry`).
public struct IRQRoute: Hashable, Sendable {
    /// The line ("global system interrupt").
    public var line: UInt32
    /// Where it leads.
    public var destination: Destination

    /// Makes a route of its parts.
    public init(line: UInt32, to destination: Destination) {
        self.line = line
        self.destination = destination
    }

    /// Where a line can lead.
    public enum Destination: Hashable, Sendable {
        /// A pin of the primary 8259 (chip 0), the secondary (1) or the I/O APIC (2).
        case pin(chip: UInt32, UInt32)
        /// A message-signalled interrupt.
        case message(MSI)
        /// A Hyper-V synthetic interrupt.
        case hyperV(vcpu: UInt32, interrupt: UInt32)
        /// A Xen event channel.
        case xen(port: UInt32, vcpu: UInt32, priority: UInt32)
    }

    var kernelValue: kvm_irq_routing_entry {
        var entry = kvm_irq_routing_entry()
        entry.gsi = line
        // SAFETY: only the union member that the type selects is written, and all members are plain numbers.
        switch destination {
        case .pin(let chip, let pin):
            entry.type = UInt32(KVM_IRQ_ROUTING_IRQCHIP)
            unsafe entry.u.irqchip = kvm_irq_routing_irqchip(irqchip: chip, pin: pin)
        case .message(let message):
            entry.type = UInt32(KVM_IRQ_ROUTING_MSI)
            unsafe entry.u.msi.address_lo = UInt32(truncatingIfNeeded: message.address.rawValue)
            unsafe entry.u.msi.address_hi = UInt32(truncatingIfNeeded: message.address.rawValue >> 32)
            unsafe entry.u.msi.data = message.data
        case .hyperV(let vcpu, let interrupt):
            entry.type = UInt32(KVM_IRQ_ROUTING_HV_SINT)
            unsafe entry.u.hv_sint = kvm_irq_routing_hv_sint(vcpu: vcpu, sint: interrupt)
        case .xen(let port, let vcpu, let priority):
            entry.type = UInt32(KVM_IRQ_ROUTING_XEN_EVTCHN)
            unsafe entry.u.xen_evtchn = kvm_irq_routing_xen_evtchn(port: port, vcpu: vcpu, priority: priority)
        }
        return entry
    }
}
