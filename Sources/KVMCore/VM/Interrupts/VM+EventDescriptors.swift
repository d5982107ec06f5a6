import CKVM
import X86

extension VM {
    /// Makes an event descriptor pulse a line whenever it is signalled (`KVM_IRQFD`). Call ``createIRQChip()`` first.
    public func assignIRQFD(_ event: borrowing EventDescriptor, line: UInt32) throws(KVMError) {
        try descriptor.call(.irqfd, reading: Self.request(event, line), about: "line \(line)")
    }

    /// Makes an event descriptor raise a line that stays high until the guest has acknowledged it
    /// (`KVM_CAP_IRQFD_RESAMPLE`). Call ``createIRQChip()`` first.
    ///
    /// - Parameters:
    ///   - event: the descriptor that raises the line.
    ///   - line: the line.
    ///   - resample: KVM signals it after the guest has acknowledged the interrupt and the line is low.
    public func assignIRQFD(
        _ event: borrowing EventDescriptor,
        line: UInt32,
        resample: borrowing EventDescriptor
    ) throws(KVMError) {
        var value = Self.request(event, line)
        value.flags = UInt32(KVM_IRQFD_FLAG_RESAMPLE)
        value.resamplefd = UInt32(bitPattern: resample.rawValue)
        try descriptor.call(.irqfd, reading: value, about: "line \(line)")
    }

    /// Disconnects an event descriptor from a line.
    public func deassignIRQFD(_ event: borrowing EventDescriptor, line: UInt32) throws(KVMError) {
        var value = Self.request(event, line)
        value.flags = UInt32(KVM_IRQFD_FLAG_DEASSIGN)
        try descriptor.call(.irqfd, reading: value, about: "line \(line)")
    }

    /// Signals an event descriptor instead of exiting when the guest writes (`KVM_IOEVENTFD`).
    ///
    /// - Parameters:
    ///   - event: the descriptor to signal.
    ///   - writes: the writes that signal it.
    public func assignIOEventFD(_ event: borrowing EventDescriptor, _ writes: IOEvent) throws(KVMError) {
        try change(event, writes, flags: 0)
    }

    /// Undoes ``assignIOEventFD(_:_:)``.
    public func deassignIOEventFD(_ event: borrowing EventDescriptor, _ writes: IOEvent) throws(KVMError) {
        try change(event, writes, flags: 1 << UInt32(kvm_ioeventfd_flag_nr_deassign))
    }

    private static func request(_ event: borrowing EventDescriptor, _ line: UInt32) -> kvm_irqfd {
        var value = kvm_irqfd()
        value.fd = UInt32(bitPattern: event.rawValue)
        value.gsi = line
        return value
    }

    private func change(_ event: borrowing EventDescriptor, _ writes: IOEvent, flags: UInt32) throws(KVMError) {
        var value = kvm_ioeventfd()
        value.fd = event.rawValue
        value.len = UInt32(writes.size?.byteCount ?? 0)
        value.flags = flags
        switch writes.place {
        case .port(let port):
            value.addr = UInt64(port.rawValue)
            value.flags |= 1 << UInt32(kvm_ioeventfd_flag_nr_pio)
        case .memory(let address):
            value.addr = address.rawValue
        }
        if let match = writes.value {
            value.datamatch = match
            value.flags |= 1 << UInt32(kvm_ioeventfd_flag_nr_datamatch)
        }
        try descriptor.call(.ioeventfd, reading: value, about: "\(writes.place)")
    }
}
