extension ProcessorState {
    /// How many bytes a push of the mode's own width takes: 2, 4 or 8.
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

    /// The linear address at this many bytes above the top of the stack.
    public func stackAddress(above offset: UInt64) -> GuestVirtualAddress {
        let pointer = (self[.rsp] &+ offset) & stackAddressMask
        return GuestVirtualAddress(mode == .long64 ? pointer : (segments.ss.base &+ pointer) & 0xFFFF_FFFF)
    }

    /// The linear address of a word at a distance from the top of the stack, outside 64-bit mode; nil if part of it is
    /// outside the stack segment (Intel SDM vol. 3, 5.3).
    ///
    /// - Parameters:
    ///   - distance: in bytes; negative for words yet to be pushed.
    ///   - size: the word's size in bytes.
    public func stackWord(at distance: Int64, size: UInt64) -> GuestVirtualAddress? {
        let stack = segments.ss
        let first = (self[.rsp] &+ UInt64(bitPattern: distance)) & stackAddressMask
        let last = first &+ (size - 1)
        let limit = UInt64(stack.limit)
        let expandsDown = mode != .real && stack.accessRights & Segment.expandsDown != 0
        let isInside = expandsDown ? first > limit && last <= stackAddressMask : last <= limit
        return isInside ? GuestVirtualAddress((stack.base &+ first) & 0xFFFF_FFFF) : nil
    }
}
