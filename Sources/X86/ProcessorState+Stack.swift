extension ProcessorState {
    /// Bytes that a push of the mode's own width takes: 2, 4 or 8.
    public var stackWordSize: Int {
        switch mode {
        case .real, .protected16: 2
        case .protected32: 4
        case .long64: 8
        }
    }

    /// The bits of RSP that address the stack: SS.B decides outside 64-bit mode (Intel SDM vol. 3, 3.4.5).
    public var stackAddressMask: UInt64 {
        if mode == .long64 { return .max }
        return segments.ss.accessRights & 1 << 14 != 0 ? 0xFFFF_FFFF : 0xFFFF
    }

    /// The linear address of the word on top of the stack.
    public var stackAddress: GuestVirtualAddress { stackAddress(above: 0) }

    /// The linear address of what lies so many bytes above the top of the stack.
    public func stackAddress(above offset: UInt64) -> GuestVirtualAddress {
        let pointer = (self[.rsp] &+ offset) & stackAddressMask
        return GuestVirtualAddress(mode == .long64 ? pointer : segments.ss.base &+ pointer)
    }
}
